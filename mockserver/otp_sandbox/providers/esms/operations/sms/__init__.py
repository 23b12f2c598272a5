"""Texts of the caller's own."""
