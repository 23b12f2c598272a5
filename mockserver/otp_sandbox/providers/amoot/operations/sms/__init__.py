"""Texts of the caller's own, and patterns."""
