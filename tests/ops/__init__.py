"""Running it for an organisation: backups, deployment."""
