"""Periodic sends."""
