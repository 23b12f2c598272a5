"""Mistakes that somebody could make in the address book of Amoot."""

from __future__ import annotations

from typing import Any, Final

from mutants.amoot import made
from mutants.amoot.reports import listed, rows, value
from mutants.kit import Decided, body, handler, with_fields, with_values, written
from otp_sandbox.contract import MISSING, Call
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.providers.amoot.contacts import CONTACTS, HOLDERS, LABELS

CREATE, EDIT, DELETE, GET = "ContactCreate", "ContactEdit", "ContactDelete", "ContactGet"
LIST, SEARCH, GROUPS, CHANGE = "ContactList", "ContactSearch", "ContactGroupList", "ContactChangeLabel"

_TURNED: Final = {"آقا": "خانم", "خانم": "آقا"}


def _keeping(_: Call, state: State, change: Decided) -> Decided:
    for key in written(change, CONTACTS):
        before: Any = state.get(*key)
        after = change.writes[key]
        pairs = zip(after.texts, before.texts, strict=True)
        change.writes[key] = replace(after, texts=tuple(new or old for new, old in pairs))
    return replace(change, verdict=replace(change.verdict, facts={"item": change.writes[key]}))


def _unlabelled(call: Call, _: State, change: Decided) -> Decided:
    if "Labels" not in call.fields:
        for key in written(change, CONTACTS):
            change.writes[key] = replace(change.writes[key], labels=())
    return change


def _still_held(_: Call, __: State, change: Decided) -> Decided:
    for key in written(change, HOLDERS):
        if change.writes[key] is None:
            del change.writes[key]
    return change


def _copied(_: Call, __: State, change: Decided) -> Decided:
    for key in written(change, LABELS):
        if change.writes[key] is None:
            del change.writes[key]
    return change


WRITTEN: Final = (
    made(
        "contact-genders-turned",
        "men are women",
        value("GenderTypeStr", lambda held: _TURNED.get(held, held), CREATE, GET),
    ),
    made(
        "contact-refusal-null",
        "a refusal has null in the place of an object",
        body(
            lambda document: document if document["Status"] == "Success" else {**document, "Data": None},
            *(CREATE, EDIT, DELETE, GET),
        ),
    ),
    made("contact-edit-keeps", "texts stay that a call leaves out", handler(EDIT, change=_keeping)),
    made("contact-edit-labels", "labels go when a call leaves them out", handler(EDIT, change=_unlabelled)),
    made(
        "contact-not-deleted",
        "a contact that was deleted is still there",
        handler(DELETE, change=lambda _, __, change: Change(change.verdict)),
    ),
    made("contact-list-newest-first", "the newest contact comes first", listed(LIST, lambda _, found: found[::-1])),
    made(
        "contact-search-city-ignored",
        "a text does not limit a search",
        handler(SEARCH, call=lambda call: with_fields(call, CityName="")),
    ),
    made(
        "contact-search-labels-ignored",
        "labels do not limit a search",
        handler(SEARCH, call=lambda call: with_values(call, Labels=MISSING)),
    ),
    made(
        "contact-search-mobile-ignored",
        "a mobile number does not limit a search",
        handler(SEARCH, call=lambda call: with_values(call, Mobile=MISSING)),
    ),
    made(
        "contact-found-by-old-mobile",
        "a contact is found by the mobile number that it had",
        handler(EDIT, change=_still_held),
    ),
    made(
        "label-count-of-active",
        "inactive contacts are not counted",
        rows(lambda row: {**row, "ContactsCount": row["ContactsActiveCount"]}, GROUPS),
    ),
    made(
        "label-gone-when-empty",
        "a label without contacts is not told",
        listed(GROUPS, lambda _, found: [each for each in found if each[1][0]]),
    ),
    made("label-copied", "contacts keep the old label besides", handler(CHANGE, change=_copied)),
)
