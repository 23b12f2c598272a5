"""How a request came: flags for what only the request itself shows, and the journal does not keep."""

from __future__ import annotations

from typing import Final

SECRET_IN_QUERY: Final = 1
"""With a secret in its query, although it might have a body."""
LOOKS_REAL: Final = 2
"""With a credential that nobody here has, and that is made as real ones are."""
