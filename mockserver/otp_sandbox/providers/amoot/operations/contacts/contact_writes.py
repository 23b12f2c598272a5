"""ContactCreate, ContactEdit and ContactDelete: one contact is made, written anew, or taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import contacts
from otp_sandbox.providers.amoot.answers import write_status
from otp_sandbox.providers.amoot.contacts import CONTACTS, Contact
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.numbers import message_number
from otp_sandbox.providers.amoot.operations.contacts.contact_fields import (
    LABELS_OF_CONTACT_MOST,
    READERS,
    TEXT_MOST,
    dates_of,
    odd_fields,
    texts_of,
    titles_of,
    too_much,
    write_one,
)
from otp_specs import Outcome


def own_contact(call: Call, state: State) -> Contact | None:
    """Find the contact that a ContactID names."""
    number = call.value("ContactID")
    return state.get(CONTACTS, str(number)) if number is not None else None


def _names_missing(call: Call, _: State) -> bool:
    """Whether the name is missing, as chosen (`amoot.contact-names`)."""
    names = [bool(call.text(name).strip()) for name in ("FName", "LName")]
    match call.dialect.option("contact-names"):
        case "both":
            return not all(names)
        case "none":
            return False
    return not any(names)


def _group_wrong(call: Call, _: State) -> bool:
    group = call.values["ContactGroupID"]
    return group is None or (group is not MISSING and group < 0)


class ContactCreate(Handler):
    """`ContactCreate`."""

    operations = ("ContactCreate",)
    readers = MappingProxyType(dict(READERS))
    body = staticmethod(write_one)

    def checks(self) -> Mapping[str, Check]:
        """The rules of a contact."""
        return {
            "contact_group_id_invalid": _group_wrong,
            "first_name_or_last_name_empty": _names_missing,
            "contact_too_long": lambda call, _: too_much(call),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """What is written anew besides the contact."""
        return contacts.keys_of_writing(call.value("Mobile"), titles_of(call))

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Say it when it is too much: the provider has no status for that."""
        change = super().refuse(call, state, verdict)
        if verdict.cause == "contact_too_long":
            change.warnings.append(
                f"the sandbox takes {TEXT_MOST} characters in a text of a contact, and {LABELS_OF_CONTACT_MOST} labels"
            )
        return change

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Make it."""
        change = Change(Verdict("success"))
        contact = self._new_contact(change, call, state, contacts.next_contact(change, state))
        return self._written(change, call, state, None, contact)

    def _new_contact(self, change: Change[Verdict], call: Call, state: State, number: int) -> Contact:
        return Contact(
            id=number,
            mobile=call.values["Mobile"],
            active=call.value("Active") is not False,
            gender=call.value("GenderType"),
            texts=texts_of(call),
            dates=dates_of(call),
            labels=contacts.number_labels(change, state, titles_of(call)),
            updated_at=call.now,
        )

    def _written(
        self, change: Change[Verdict], call: Call, state: State, before: Contact | None, after: Contact
    ) -> Change[Verdict]:
        contacts.put_contact(change, state, before, after)
        change.verdict = Verdict("success", {"item": after})
        change.warnings += odd_fields(call)
        if call.value("ContactGroupID"):
            change.warnings.append("ContactGroupID is out of use: Labels says what groups a contact is in")
        return change


class ContactEdit(ContactCreate):
    """`ContactEdit`: everything is written anew, but activity and labels that a call says nothing of."""

    operations = ("ContactEdit",)
    readers = MappingProxyType({**READERS, "ContactID": message_number})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a contact, of one that there is."""
        return {**super().checks(), "contact_unknown": lambda call, state: own_contact(call, state) is None}

    def keys(self, call: Call) -> Sequence[Key]:
        """The contact besides. Where its mobile number was another one, that is read when it is known."""
        return (*contacts.keys_of_contact(call.value("ContactID")), *super().keys(call))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Write it anew."""
        before: Any = own_contact(call, state)
        change = Change(Verdict("success"))
        after = self._new_contact(change, call, state, before.id)
        if call.value("Active") is None:
            after = replace(after, active=before.active)
        if "Labels" not in call.fields:
            after = replace(after, labels=before.labels)
        return self._written(change, call, state, before, after)


class ContactDelete(Handler):
    """`ContactDelete`."""

    operations = ("ContactDelete",)
    readers = MappingProxyType({"ContactID": message_number})

    def checks(self) -> Mapping[str, Check]:
        """It has to be there."""
        return {"contact_unknown": lambda call, state: own_contact(call, state) is None}

    def keys(self, call: Call) -> Sequence[Key]:
        """The contact."""
        return contacts.keys_of_contact(call.value("ContactID"))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Take it out."""
        contact: Any = own_contact(call, state)
        change = Change(Verdict("success", {"id": contact.id, "at": call.now}))
        contacts.put_contact(change, state, contact, None)
        return change

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write what was taken out."""
        at: Any = facts.get("at")
        data = {"ID": facts.get("id", 0), "UpdateDateTime": write_time(at), "Deleted": at is not None}
        return {"Status": write_status(call, row), "Data": data}
