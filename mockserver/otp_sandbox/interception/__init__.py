"""What an unmodified client needs to reach the sandbox by a provider's own name: names, a CA, and trust. No HTTP."""
