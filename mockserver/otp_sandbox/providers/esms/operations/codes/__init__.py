"""Codes that the provider makes and checks."""
