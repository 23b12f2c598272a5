"""A long run with everything at once, to see whether memory stays flat."""
