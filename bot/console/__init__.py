"""The staff console: server-rendered pages that a small script keeps up to date."""
