"""One journey for each promise."""
