"""Numbers: which there are, taking one, and those that were taken."""
