"""What an unmodified client needs to reach the sandbox by a provider's own name: names, a CA, and trust. No HTTP."""


class AuthorityError(Exception):
    """The CA cannot be used; the text says why and what to do, in one line."""
