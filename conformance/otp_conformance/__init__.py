"""How faithful is it? One set of cases for sandboxes and for the real APIs. Knows nothing of the server."""
