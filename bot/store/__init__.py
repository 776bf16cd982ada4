"""Where everything is kept: tables, one transaction at a time, encryption."""
