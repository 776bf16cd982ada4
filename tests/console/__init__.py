"""The staff console, as browsers and attackers meet it."""
