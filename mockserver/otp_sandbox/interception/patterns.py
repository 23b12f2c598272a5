"""Hosts as a setting names them: names, addresses, and `*.name` for all names below one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable


class Patterns:
    """Some hosts that were named; `texts` are as they were.

    Raises:
        ValueError: a text names none.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(texts)
        plain = [each.lower().rstrip(".") for each in self.texts]
        if not all(_is_address(each) or _is_name(each.removeprefix("*.")) for each in plain):
            raise ValueError('host names, addresses, or "*.example.com" for all names below one; without a port')
        self._whole = frozenset(each for each in plain if each[:2] != "*.")
        self._ends = tuple(each[1:] for each in plain if each[:2] == "*.")

    def match(self, host: str) -> bool:
        """Whether a host, in small letters, is among them."""
        return host in self._whole or host.endswith(self._ends)


def _is_name(text: str) -> bool:
    return text.isascii() and all(part.replace("-", "").replace("_", "").isalnum() for part in text.split("."))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
