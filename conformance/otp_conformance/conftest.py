"""`pytest conformance --target URL` finds its flags and fixtures here."""

pytest_plugins = ["otp_conformance.plugin"]
