"""Job offers with the labels that people gave them: `seen` by who writes patterns, and `frozen`."""
