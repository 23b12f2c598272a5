"""Runs of calls that a rule for clients finds something in, and their like without fault."""
