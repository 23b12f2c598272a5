"""`pytest conformance --target URL` finds its flags and fixtures here."""

pytest_plugins = ["conformance.plugin"]
