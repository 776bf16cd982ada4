"""What the assistant does: read slots, speak, and emit commands; one module per topic."""
