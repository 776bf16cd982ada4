"""Questions as people ask them, and whether the right answer is found."""
