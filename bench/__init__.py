"""Side by side on one machine, in one run: this product and the assistant of `rasa init`."""
