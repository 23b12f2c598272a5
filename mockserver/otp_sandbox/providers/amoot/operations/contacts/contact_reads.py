"""ContactGet, ContactList, ContactListUpdates and ContactSearch: one contact, those of a group, those that fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from otp_sandbox.contract import MISSING, Call, Facts, Query
from otp_sandbox.domain.store import WHOLE, Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.answers import many, write_status
from otp_sandbox.providers.amoot.contacts import (
    CONTACTS,
    DATES,
    LABELS,
    TEXTS,
    TOLD_MOST,
    UPDATES_MOST,
    Contact,
    holders_of,
    keys_of_contact,
    keys_of_searching,
    label_of,
)
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.lists import entries
from otp_sandbox.providers.amoot.numbers import long_number, message_number
from otp_sandbox.providers.amoot.operations.contacts.contact_fields import day, write_contact
from otp_sandbox.providers.amoot.operations.contacts.contact_writes import own_contact
from otp_sandbox.providers.amoot.phones import fold
from otp_specs import Outcome

ALL: Final = 0
UNLABELLED: Final = -1
"""ContactGroupIDs that are no group's."""


def _told(call: Call, found: Iterable[Contact], most: int = TOLD_MOST) -> Change[Verdict]:
    """Tell contacts that come with the newest first, the oldest first; no more than a bound, which is said."""
    told = list(islice(found, most + 1))
    change = Change(Verdict("success", {"items": told[most - 1 :: -1] if len(told) > most else told[::-1]}))
    if len(told) > most:
        change.warnings.append(f"{call.operation.name} tells the newest {most} contacts here, and there are more")
    return change


def _group(call: Call) -> int:
    group: int | None = call.value("ContactGroupID")
    return ALL if group is None else group


def _group_unknown(call: Call, state: State) -> bool:
    """Whether a ContactGroupID is neither that of a label, nor one of the two that are no group's."""
    group = call.values["ContactGroupID"]
    if group is None or group is MISSING or group in (ALL, UNLABELLED):
        return group is None
    return group < 0 or label_of(state, group) is None


def _in_group(call: Call, state: State) -> Change[Verdict]:
    held: Iterable[Contact] = state.entries(CONTACTS)
    group = _group(call)
    if group == UNLABELLED:
        known = {number for label in state.entries(LABELS) for number in label.ids}
        held = (each for each in held if known.isdisjoint(each.labels))
    elif group != ALL:
        label: Any = label_of(state, group)
        held = _with_labels(held, set(label.ids))
    return _told(call, held)


def _with_labels(held: Iterable[Contact], numbers: set[int]) -> Iterable[Contact]:
    return (each for each in held if not numbers.isdisjoint(each.labels))


def _search(call: Call, state: State) -> Change[Verdict]:
    """Find what fits everything that a call names. Where that is a mobile number, few are looked at."""
    mobile = call.value("Mobile")
    held: Iterable[Contact] = reversed(holders_of(state, mobile)) if mobile is not None else state.entries(CONTACTS)
    if call.values["Labels"] is not MISSING:
        named = [state.get(LABELS, title) for title in call.value("Labels") or ()]
        held = _with_labels(held, {number for label in named if label is not None for number in label.ids})
    for place, name in enumerate(TEXTS):
        if text := call.text(name):
            held = [each for each in held if each.texts[place] == text]
    for place, name in enumerate(DATES):
        if call.values[name] is not MISSING:
            text = call.values[name]
            held = [each for each in held if each.dates[place] == text]
    return _told(call, held)


def _search_labels(text: str) -> Sequence[str] | None:
    return entries(text)


def _write_got(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write one contact; a refusal has an object without members."""
    contact: Any = facts.get("item")
    return {"Status": write_status(call, row), "Data": write_contact(call, contact) if contact is not None else {}}


def _write_update(_: Call, contact: Contact) -> dict[str, Any]:
    return {"ID": contact.id, "UpdateDateTime": write_time(contact.updated_at), "Deleted": False}


GET: Final = Query(
    "ContactGet",
    find=lambda call, state: {"item": own_contact(call, state)},
    keys=lambda call: keys_of_contact(call.value("ContactID")),
    body=_write_got,
    readers={"ContactID": message_number},
    checks={"contact_unknown": lambda call, state: own_contact(call, state) is None},
)
LIST: Final = Query(
    "ContactList",
    find=_in_group,
    keys=lambda _: ((CONTACTS, WHOLE), (LABELS, WHOLE)),
    body=many(write_contact),
    readers={"ContactGroupID": long_number},
    checks={"contact_group_id_invalid": _group_unknown},
)
UPDATES: Final = Query(
    "ContactListUpdates",
    find=lambda call, state: _told(call, state.entries(CONTACTS), UPDATES_MOST),
    keys=lambda _: ((CONTACTS, WHOLE),),
    body=many(_write_update),
    readers={"ContactGroupID": long_number},
    checks={"contact_group_id_invalid": lambda call, _: call.values["ContactGroupID"] is None or _group(call) < 0},
)
SEARCH: Final = Query(
    "ContactSearch",
    find=_search,
    keys=lambda call: keys_of_searching(call.value("Mobile")),
    body=many(write_contact),
    readers={"Mobile": fold, "Labels": _search_labels, **dict.fromkeys(DATES, day)},
)
