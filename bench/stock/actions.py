"""The product's own actions behind rasa-sdk's standard server: the same words, the same maths."""

from actions import conversation, offer

__all__ = ["conversation", "offer"]
