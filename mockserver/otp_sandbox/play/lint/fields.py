"""Rules for all providers about the values of fields: phones, numbers, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from otp_sandbox.contract import shown
from otp_sandbox.contract.lint import Asked, Bound, Look, Rule, Subject
from otp_sandbox.domain.challenges import Challenge
from otp_sandbox.play.lint.names import fields_of
from otp_specs.model import Field

_BETWEEN_PHONES: Final = re.compile(r"[,;|\n]")
_digits: Final = re.compile("[0-9]").sub
_letters: Final = re.compile(r"[^\W\d_]").sub
_FORM_MOST: Final = 40


def _refused(subject: Subject) -> Look:
    fields, phones = fields_of(subject), frozenset(subject.provider.phones.fields)

    def look(asked: Asked) -> str | None:
        if asked.operation is None or asked.success or asked.cause is None:
            return None
        for name, field in fields[asked.operation].items():
            if asked.cause == field.missing and not asked.fields.get(name):
                return f"{asked.operation} needs {name}"
            if asked.cause == field.malformed and asked.fields.get(name) and name not in phones:
                return f"{name} of {asked.operation} cannot be read"
        return None

    return look


def _bounds(subject: Subject) -> Look:
    bounds, fields = subject.lint.bounds, fields_of(subject)

    def look(asked: Asked) -> str | None:
        for bound in bounds:
            text = asked.fields.get(bound.field)
            if text and bound.field in fields.get(asked.operation, ()):
                outside = _outside(subject, bound, text)
                if outside is not None:
                    return outside
        return None

    return look


def _outside(subject: Subject, bound: Bound, text: str) -> str | None:
    value, policy = bound.read(text), subject.dialect.policy
    if value is None:
        return None
    unit = " characters" if bound.read is len else ""
    if value > policy(bound.most):
        return f"{bound.field} is above {policy(bound.most)}{unit}"
    if bound.least is not None and value < policy(bound.least):
        return f"{bound.field} is below {policy(bound.least)}{unit}"
    return None


def _phones_in(subject: Subject, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in subject.provider.phones.fields:
        for piece in _BETWEEN_PHONES.split(fields.get(name, "")):
            if piece:
                yield name, piece


def _phone_form(subject: Subject) -> Look:
    fields = fields_of(subject)

    def look(asked: Asked) -> str | None:
        if asked.success:
            return None
        known = fields.get(asked.operation, {})
        for name, piece in _phones_in(subject, asked.fields):
            if _is_refused(subject, asked, known, name, piece) and not _lost_zero(subject, piece):
                return f"{name} as {_form(piece)}, where 9 is any digit"
        return None

    return look


def _is_refused(subject: Subject, asked: Asked, known: Mapping[str, Field], name: str, piece: str) -> bool:
    if name not in known:
        return False
    return subject.provider.phones.fold(piece) is None or asked.cause == known[name].malformed


def _lost_zero(subject: Subject, piece: str) -> bool:
    """Whether a text would be a phone with a zero in front, and is none, or not everywhere, without."""
    return piece[:1] != "0" and piece.isdigit() and subject.provider.phones.fold(f"0{piece}") is not None


def _form(text: str) -> str:
    """Show what a text is made of, and nothing of the number that it is."""
    form = _letters("a", _digits("9", text[:_FORM_MOST]))
    return shown(form if len(text) <= _FORM_MOST else f"{form}…")


def _leading_zero(subject: Subject) -> Look:
    fields = fields_of(subject)
    short: dict[str, set[str]] = {}  # phone → its codes that began with a zero, without it

    def look(entry: Challenge | Asked) -> str | None:
        if isinstance(entry, Challenge):
            if entry.code[:1] == "0":
                short.setdefault(entry.to, set()).add(entry.code.lstrip("0"))
            return None
        if entry.success:
            return None
        known = fields.get(entry.operation, {})
        for name, piece in _phones_in(subject, entry.fields):
            if _is_refused(subject, entry, known, name, piece) and _lost_zero(subject, piece):
                return f"{name} of {entry.operation} is a number without its zero in front"
        if entry.role == "verify":
            for phone in subject.provider.phones.recipients(entry.fields):
                if any(value in short.get(phone, ()) for value in entry.fields.values() if value):
                    return f"{entry.operation} with a code without its zero in front"
        return None

    return look


RULES: Final = (
    Rule(
        id="parameter-refused",
        severity="medium",
        title="Parameter missing or unreadable",
        what="A request was refused because a parameter was missing, or was not what it must be.",
        why="No request like this can ever succeed.",
        mend="Send the parameter as the spec has it; check what your users enter before you send it.",
        source="the specs: parameters with the row that a missing or malformed one is answered with",
        begin=_refused,
    ),
    Rule(
        id="parameter-bounds",
        severity="medium",
        title="Parameter outside its bounds",
        what="A number was too small or too large, or a text too long, for the bounds that the provider documents.",
        why="What lies outside is refused, cut, or silently replaced, and another provider's version may do otherwise.",
        mend="Keep to the bounds.",
        source="the specs: the numbers under x-policy",
        begin=_bounds,
    ),
    Rule(
        id="phone-form",
        severity="high",
        title="Phone in a form that the provider refuses",
        what="A request named a recipient in a form that is no phone number to this provider.",
        why="Nothing is sent, and the user waits.",
        mend="Bring numbers into one form when they are entered, E.164 as a rule, and write them for the provider in "
        "the form that it documents.",
        source="the specs: parameters for phones, and the row that a malformed one is answered with",
        begin=_phone_form,
    ),
    Rule(
        id="leading-zero-lost",
        severity="high",
        title="Leading zero lost",
        what="A phone or a code came without the zero that it begins with.",
        why="Phones and codes are text. Kept as a number, in JSON, in a spreadsheet or in a column of a database, they "
        "lose the zeros in front. One code in ten is then wrong.",
        mend="Keep phones and codes as text everywhere.",
        source="RFC 8259, 6: a JSON number has no leading zeros",
        begin=_leading_zero,
        kinds=("codes", "requests"),
    ),
)
