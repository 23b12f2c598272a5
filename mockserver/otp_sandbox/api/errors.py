"""What can go wrong when a sandbox is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class WrongField(NamedTuple):
    """A field that the sandbox refuses: its dotted path, and what is wrong with it."""

    field: str
    detail: str


class SandboxError(Exception):
    """Anything that this library raises."""


class Unreachable(SandboxError):
    """No sandbox answers there; the text says why."""


class Problem(SandboxError):
    """The sandbox refuses, and says why (RFC 9457).

    Args:
        status: of HTTP.
        title: in a few words.
        detail: in a sentence.
        errors: the fields that are wrong.
    """

    def __init__(self, status: int, title: str, detail: str, errors: Sequence[WrongField] = ()) -> None:
        named = (f"{name}: {why}" for name, why in errors if name and why not in detail)
        self.told = "; ".join([detail, *named])
        """The detail, with the fields that it does not name itself."""
        super().__init__(f"{status} {title}: {self.told}")
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)


class NoCode(SandboxError, AssertionError):
    """A code was expected, and none came; the text says which sends were refused, and why."""


class UnexpectedCode(SandboxError, AssertionError):
    """No code was expected, and one came."""
