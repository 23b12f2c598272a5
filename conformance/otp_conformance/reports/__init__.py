"""The same results for a terminal, for programs and for people."""
