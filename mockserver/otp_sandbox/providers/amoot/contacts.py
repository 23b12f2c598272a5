"""The contacts of an account: records of the lane, found by number and by mobile number, and their labels.

A decision about one contact reads a few keys, however many there are. What is told of many goes through them, the
newest first, and ends at a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import WHOLE, Change, Key, State, Table

CONTACTS_MOST: Final = 100_000
"""Contacts that a lane holds; a new one beyond them takes the place of the oldest."""
LABELS_MOST: Final = 1_000
"""Labels that a lane holds, the same; and numbers that one of them has taken over from others."""
TOLD_MOST: Final = 1_000
"""Contacts that one answer tells, the newest ones."""
UPDATES_MOST: Final = 5_000
"""Rows of three members that one answer tells, the same."""
TEXTS: Final = (
    "FName",
    "LName",
    "CompanyTitle",
    "JobTitle",
    "Email",
    "CityName",
    "AddressText",
    *(f"CustomText{number}" for number in range(1, 7)),
)
DATES: Final = ("BornDate", "AnniversaryDate", "CustomDate1", "CustomDate2", "CustomDate3")

_FIRST_CONTACT: Final = 10_000_001
_FIRST_LABEL: Final = 100_001


class Contact(Record):
    """A contact. `mobile` is E.164; `texts` and `dates` (ISO days) are those of `TEXTS` and `DATES`, empty if not set.

    `labels` are numbers that labels have, or had before they became another one.
    """

    id: int
    mobile: str
    active: bool
    gender: bool | None
    texts: tuple[str, ...]
    dates: tuple[str, ...]
    labels: tuple[int, ...]
    updated_at: datetime | None


class Label(Record):
    """A label, which is a group of contacts. The first of `ids` is its ContactGroupID; the others it has taken over."""

    title: str
    ids: tuple[int, ...]


class Holders(Record):
    """The contacts with one mobile number, by their numbers: as many as one answer tells."""

    ids: tuple[int, ...]


def _weight(contact: Contact) -> int:
    filled = [each for each in (*contact.texts, *contact.dates) if each]
    return 768 + sum(64 + 2 * len(each) for each in filled) + 40 * len(contact.labels)


CONTACTS: Final = Table("amoot_contacts", Contact, log=True, most=CONTACTS_MOST, weigh=_weight)
LABELS: Final = Table(
    "amoot_labels",
    Label,
    log=True,
    most=LABELS_MOST,
    weigh=lambda each: 256 + 2 * len(each.title) + 40 * len(each.ids),
)
"""By title."""
HOLDERS: Final = Table("amoot_contacts_by_mobile", Holders, most=2 * CONTACTS_MOST)
"""By mobile number."""
NUMBERS: Final = Table("amoot_numbers", int)
"""How many contacts and labels there were, so that no number is given twice."""

NOBODY: Final = Contact(0, "", False, None, ("",) * len(TEXTS), ("",) * len(DATES), (), None)


def keys_of_contact(number: object) -> tuple[Key, ...]:
    """Name the record of a contact, where there is a number."""
    return ((CONTACTS, str(number)),) if isinstance(number, int) else ()


def keys_of_writing(mobile: object, titles: Sequence[str]) -> Sequence[Key]:
    """Name what is read where a contact is written with a mobile number and with labels."""
    keys: list[Key] = [(NUMBERS, "contacts"), *((LABELS, each) for each in titles)]
    if titles:
        keys.append((NUMBERS, "labels"))
    return [*keys, (HOLDERS, mobile)] if isinstance(mobile, str) else keys


def keys_of_searching(mobile: str | None) -> tuple[Key, ...]:
    """Name what is read where contacts with a mobile number are looked for, or contacts with whatever."""
    return ((CONTACTS, WHOLE),) if mobile is None else ((HOLDERS, mobile),)


def next_contact(change: Change[Any], state: State) -> int:
    """Give the number of a new contact."""
    return _next(change, state, "contacts", _FIRST_CONTACT)


def put_contact(change: Change[Any], state: State, before: Contact | None, after: Contact | None) -> None:
    """Add to a change that a contact is made, changed or deleted, and that it is found by its mobile number."""
    held = after or before
    if held is None:
        return
    change.writes[CONTACTS, str(held.id)] = after
    if before is not None and (after is None or after.mobile != before.mobile):
        _hold(change, state, before.mobile, lambda ids: tuple(each for each in ids if each != held.id))
    if after is not None and (before is None or after.mobile != before.mobile):
        _hold(change, state, after.mobile, lambda ids: (*ids, held.id)[-TOLD_MOST:])


def _hold(change: Change[Any], state: State, mobile: str, changed: Any) -> None:
    held = state.get(HOLDERS, mobile)
    ids = changed(held.ids if held is not None else ())
    change.writes[HOLDERS, mobile] = Holders(ids) if ids else None


def holders_of(state: State, mobile: str) -> list[Contact]:
    """Give the contacts with a mobile number, the oldest first."""
    held = state.get(HOLDERS, mobile)
    found = [state.get(CONTACTS, str(each)) for each in (held.ids if held is not None else ())]
    return [each for each in found if each is not None]


def number_labels(change: Change[Any], state: State, titles: Iterable[str]) -> tuple[int, ...]:
    """Give the numbers of labels. Those that there are not yet are made in the change."""
    numbers = []
    for title in titles:
        label = change.writes.get((LABELS, title)) or state.get(LABELS, title)
        if label is None:
            label = Label(title, (_next(change, state, "labels", _FIRST_LABEL),))
            change.writes[LABELS, title] = label
        numbers.append(label.ids[0])
    return tuple(numbers)


def rename_label(change: Change[Any], label: Label, title: str, other: Label | None) -> None:
    """Add to a change that contacts with a label have another one from now on. No contact is written.

    `other` is the label that has the title already, if one has: it takes over the numbers, else all are the new one's.
    """
    change.writes[LABELS, label.title] = None
    change.writes[LABELS, title] = Label(title, (*(other.ids if other is not None else ()), *label.ids))


def label_of(state: State, number: int) -> Label | None:
    """Find a label by its ContactGroupID."""
    return next((each for each in state.entries(LABELS) if each.ids[0] == number), None)


def _next(change: Change[Any], state: State, name: str, first: int) -> int:
    key = (NUMBERS, name)
    count = (change.writes.get(key) or state.get(*key) or 0) + 1
    change.writes[key] = count
    return first + count - 1
