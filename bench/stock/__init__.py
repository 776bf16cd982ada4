"""Stock Rasa: default pipeline and policies, its own channel and its own tracker store."""
