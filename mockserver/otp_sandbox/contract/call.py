"""A request to an operation, as the rules of a provider see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from otp_sandbox.contract.dialect import Dialect
from otp_sandbox.domain.record import Record
from otp_specs import Operation

Fields: TypeAlias = Mapping[str, str]
Facts: TypeAlias = Mapping[str, object]
Credentials: TypeAlias = Mapping[str, str]

MISSING: Final = object()
"""The value of a field that is absent or empty."""


class Source(Protocol):
    """Where a request came from. Asked only when a rule needs it."""

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        ...

    @property
    def host(self) -> str:
        """The Host header."""
        ...

    @property
    def remote(self) -> str | None:
        """The caller's address."""
        ...


class Call(Record):
    """One request to one operation, read but not yet judged.

    `values` holds what the readers made of the fields, `invalid` the causes of those that are missing or malformed;
    `unreadable` tells that there was a body which is not what it says. `account` is the lane's account at the provider,
    as the state that is decided upon has it.
    """

    operation: Operation
    fields: Fields
    values: Mapping[str, Any]
    invalid: frozenset[str]
    headers: Mapping[str, str]
    credentials: Credentials
    seed: int
    now: datetime
    dialect: Dialect
    request_id: str
    source: Source
    unreadable: bool = False
    account: Any = None

    @property
    def origin(self) -> str:
        """The scheme and host that the request came with."""
        return f"{self.source.scheme}://{self.source.host}"

    @property
    def remote(self) -> str:
        """The caller's address."""
        return self.source.remote or ""

    @property
    def secure(self) -> bool:
        """Whether the request came over HTTPS."""
        return self.source.scheme == "https"

    def text(self, name: str) -> str:
        """Give a field as sent, empty when it is absent."""
        return self.fields.get(name, "")

    def value(self, name: str) -> Any:
        """Give what a reader made of a field, None when it is absent, empty or malformed."""
        value = self.values[name]
        return None if value is MISSING else value
