"""The outside world, played by stand-ins."""
