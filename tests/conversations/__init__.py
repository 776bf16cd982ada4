"""Transcripts of whole conversations, replayed over the real assistant."""
