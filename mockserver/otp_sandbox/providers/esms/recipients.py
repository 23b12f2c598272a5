"""Lists of phones, as an array in JSON or as an element for each in XML: both come joined by commas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from otp_sandbox.contract import Call
from otp_sandbox.domain.record import replace
from otp_sandbox.providers.esms.phones import fold

FIELDS: Final = ("Phones", "Phone")
"""The field is called so as JSON, and so as XML."""


class Recipients(NamedTuple):
    """Whom a message is for: phones in E.164, each once and in the order of the request.

    `sent` counts the entries of the list, `wrong` is the first that is no phone, None if there is none.
    """

    phones: tuple[str, ...]
    sent: int
    wrong: str | None


def read_recipients(text: str) -> Recipients | None:
    """Read a list. None if nothing in it is a phone."""
    entries = [each for each in map(str.strip, text.split(",")) if each]
    folded = dict(zip(entries, map(fold, entries), strict=True))  # what stands twice is read once
    phones = tuple(dict.fromkeys(filter(None, folded.values())))
    wrong = next((entry for entry, phone in folded.items() if phone is None), None)
    return Recipients(phones, len(entries), wrong) if phones else None


def recipients_of(call: Call) -> Recipients | None:
    """Give whom a call is for, None if nobody can be read."""
    name = next(each for each in FIELDS if each in call.values)
    found: Recipients | None = call.value(name)
    return found


def by_phone(call: Call) -> Iterator[Call]:
    """Give the call to each of its phones alone."""
    found = recipients_of(call)
    for phone in found.phones if found is not None else ():
        yield replace(call, values={**call.values, "Phone": phone})
