"""Messages come in here: each channel verifies and normalises, then all take the same steps."""
