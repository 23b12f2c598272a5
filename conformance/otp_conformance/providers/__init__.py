"""One room a provider; `otp_conformance.rooms` finds them. Each is a stranger to the others."""
