"""Rules and records of the hotline: pure functions of data and time, and frozen dataclasses."""
