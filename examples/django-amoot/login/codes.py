"""Codes that were sent: each is good for two minutes, three tries and one login."""

from django.core.cache import cache
from django.utils.crypto import constant_time_compare

SECONDS = 120
TRIES = 3


def remember(mobile: str, code: str) -> None:
    """Keep the newest code of a phone."""
    cache.set(f"code:{mobile}", code, SECONDS)
    cache.set(f"tries:{mobile}", 0, SECONDS)


def is_good(mobile: str, code: str) -> bool:
    """Say whether a code is good; it is not good again."""
    kept = cache.get(f"code:{mobile}")
    if kept is None or cache.incr(f"tries:{mobile}") > TRIES:
        return False
    return constant_time_compare(kept, code) and bool(cache.delete(f"code:{mobile}"))
