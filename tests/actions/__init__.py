"""Actions, called as the action server calls them."""
