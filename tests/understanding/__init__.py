"""Messages that nothing is trained on, and what a model must make of them."""
