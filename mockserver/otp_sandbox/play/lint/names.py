"""Rules for all providers about names: of parameters, paths and fixed values, and how they are written."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Final

from otp_sandbox.contract import shown
from otp_sandbox.contract.lint import Asked, Look, Rule, Subject
from otp_sandbox.domain.challenges import Challenge
from otp_specs.model import Field

_COMPARED: Final = 20
"""Unknown names for which a known one like them is looked for: that takes long."""
_NAMED: Final = 10
"""Unknown names that are told of one request."""


def fields_of(subject: Subject) -> dict[str | None, dict[str, Field]]:
    """Give the fields of each operation by name, those of all its transports."""
    found: dict[str | None, dict[str, Field]] = {}
    for operation in subject.provider.spec.operations:
        found.setdefault(operation.name, {}).update(operation.fields)
    return found


def _unknown(subject: Subject) -> Look:
    fields, handlers = fields_of(subject), subject.provider.handlers
    exact = _has_exact_names(subject)
    told: dict[tuple[str, str], str] = {}

    def look(asked: Asked) -> str | None:
        if asked.operation is None or handlers[asked.operation].takes_unnamed_fields:
            return None
        known = fields[asked.operation]
        if asked.fields.keys() <= known.keys():
            return None
        details = []
        for name in asked.fields:
            if name not in known and not (exact and _like(name, known)):
                key = (asked.operation, name)
                if key not in told:
                    told[key] = _tell_unknown(name, asked.operation, known if len(told) < _COMPARED else {})
                details.append(told[key])
                if len(details) == _NAMED:
                    break
        return "; ".join(details) or None

    return look


def _tell_unknown(name: str, operation: str, known: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7) if known else ()
    return f"{shown(name)} is no parameter of {operation}" + (f"; {near[0]} is" if near else "")


def _has_exact_names(subject: Subject) -> bool:
    reading = subject.provider.reading
    by_choice = reading.exact_fields is not None and reading.exact_fields(subject.dialect)
    return by_choice or not reading.any_case_fields


def _like(name: str, known: Mapping[str, Field]) -> str | None:
    """Give the known name that differs in its case only."""
    lower = name.lower()
    return next((each for each in known if each.lower() == lower and each != name), None)


def _wrong_case(subject: Subject) -> Look:
    fields, exact = fields_of(subject), _has_exact_names(subject)
    exact_paths = not subject.provider.reading.any_case_paths
    operations = subject.provider.spec.operations
    paths = {each.path.rstrip("/").lower(): each.path for each in operations}
    constants = [(each.path.rstrip("/"), name, value) for each in operations for name, value in each.constants.items()]

    def look(asked: Asked) -> str | None:
        if asked.operation is None:
            meant = paths.get(asked.path.rstrip("/").lower()) if exact_paths else None
            return f"{shown(asked.path)} is {meant}" if meant and meant.rstrip("/") != asked.path.rstrip("/") else None
        if exact:
            known = fields[asked.operation]
            for name in asked.fields:
                meant = None if name in known else _like(name, known)
                if meant:
                    return f"{shown(name)} of {asked.operation} is {meant}"
        for path, name, value in constants:
            sent = asked.fields.get(name, "")
            if sent != value and sent.lower() == value.lower() and asked.path.rstrip("/") == path:
                return f"{name}={shown(sent)} is {name}={value}"
        return None

    return look


def _code_case(subject: Subject) -> Look:
    issued: dict[str, dict[str, set[str]]] = {}  # phone → code in small letters → as it was issued

    def look(entry: Challenge | Asked) -> str | None:
        if isinstance(entry, Challenge):
            issued.setdefault(entry.to, {}).setdefault(entry.code.lower(), set()).add(entry.code)
            return None
        if entry.success:
            return None
        for phone in subject.provider.phones.recipients(entry.fields):
            codes = issued.get(phone, {})
            if any(value not in codes.get(value.lower(), (value,)) for value in entry.fields.values()):
                return f"{entry.operation} with the code of the message in other letters: the case counts"
        return None

    return look


RULES: Final = (
    Rule(
        id="parameter-unknown",
        severity="medium",
        title="Unknown or misspelt parameter",
        what="A request had a parameter that the operation does not have.",
        why="Providers ignore what they do not know. A misspelt parameter is as if it were left out, and nobody "
        "says so.",
        mend="Write the name as the spec has it, or leave the parameter out.",
        source="the specs: the parameters that the provider documents for its operations",
        begin=_unknown,
    ),
    Rule(
        id="wrong-case",
        severity="high",
        title="Capitals and small letters mixed up where they matter",
        what="A path, a parameter or a fixed value was written in other capitals and small letters, at a provider that "
        "tells them apart.",
        why="For such a server it is another path, or another parameter, which it ignores or refuses.",
        mend="Write it exactly as the spec has it.",
        source="RFC 3986, 6.2.2.1: paths and queries are case-sensitive unless their scheme or server says otherwise",
        begin=_wrong_case,
    ),
    Rule(
        id="code-case",
        severity="info",
        title="Code sent in other letters than it was issued in",
        what="A check of a code was refused. The same code in capitals is one that was sent to this phone.",
        why="A code is compared as it is. A client that changes its case refuses people with the right code.",
        mend="Send the code in capitals, as the message has it, whatever the user typed; drop blanks around it.",
        source="",
        begin=_code_case,
        kinds=("codes", "requests"),
        roles=("verify",),
    ),
)
