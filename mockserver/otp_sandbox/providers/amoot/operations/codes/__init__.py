"""Codes that the provider makes and hands back."""
