"""Several boxes on one PostgreSQL database, with real processes."""
