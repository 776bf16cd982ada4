"""One use case per module: plain functions of a command, a unit of work and the time."""
