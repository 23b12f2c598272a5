"""A server that plays SMS one-time-code providers."""
