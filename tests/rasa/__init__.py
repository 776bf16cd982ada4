"""The Rasa server with the action server, over HTTP as the worker uses it."""
