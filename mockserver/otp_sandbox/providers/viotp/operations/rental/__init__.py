"""Numbers: taking one, and taking it again."""
