"""An operation with all that is worked out once: how its calls are read, judged and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from otp_sandbox.checks import Checklist, checklist
from otp_sandbox.contract import Fields, Handler, Provider
from otp_specs import Operation, Outcome


@dataclass(frozen=True, slots=True)
class Route:
    """What a call needs besides itself. `magic` gives the row that a magic value among the fields asks for."""

    provider: Provider
    operation: Operation
    handler: Handler
    checklist: Checklist
    names: frozenset[str]
    secrets: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    magic: Callable[[Fields], str | None]


def make_route(provider: Provider, operation: Operation) -> Route:
    """Work out once how an operation of a provider is read and judged."""
    handler = provider.handlers[operation.name]
    return Route(
        provider=provider,
        operation=operation,
        handler=handler,
        checklist=checklist(provider, operation),
        names=frozenset(operation.fields),
        secrets=tuple(name for name in operation.fields if name.lower() in provider.identity.secrets),
        constants=tuple(operation.constants.items()),
        magic=_magic_of(provider, operation),
    )


def _magic_of(provider: Provider, operation: Operation) -> Callable[[Fields], str | None]:
    magic = provider.phones.magic
    field = next((name for name in magic.fields if name in operation.fields), None)
    if field is None:
        return lambda _: None
    rows = magic_rows(provider)

    def asked_row(fields: Fields) -> str | None:
        text = fields.get(field)
        code = magic.code_of(text) if text else None
        return rows.get(code) if code is not None else None

    return asked_row


def magic_rows(provider: Provider) -> dict[str, str]:
    """Give the rows that magic values may ask for: the first of each code, none of HTTP's own and no success."""
    rows: dict[str, str] = {}
    succeeds = {str(row.code) for row in provider.spec.outcomes.values() if row.success}
    for row in provider.spec.outcomes.values():
        if str(row.code) not in succeeds and _may_be_asked(row):
            rows.setdefault(str(row.code), row.name)
    return rows


def _may_be_asked(row: Outcome) -> bool:
    return row.status == HTTPStatus.OK
