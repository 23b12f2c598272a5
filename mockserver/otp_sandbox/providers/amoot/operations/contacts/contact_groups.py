"""ContactGroupList and ContactChangeLabel: the labels of contacts, which are their groups (`amoot.label-groups`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Handler, Query
from otp_sandbox.domain.store import WHOLE, Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.answers import many, write_status
from otp_sandbox.providers.amoot.contacts import CONTACTS, LABELS, LABELS_MOST, Label, rename_label
from otp_sandbox.providers.amoot.operations.contacts.contact_fields import TEXT_MOST
from otp_specs import Outcome

_labels_and_activity: Final = attrgetter("labels", "active")
_separated: Final = re.compile(r"[,;|\r\n]").search


def _groups(_: Call, state: State) -> Facts:
    """Count the contacts of each label, the oldest label first."""
    labels = sorted(state.entries(LABELS), key=lambda each: each.ids[0])
    places = {number: place for place, label in enumerate(labels) for number in label.ids}
    counts = [[0, 0] for _ in labels]
    # Contacts with the same labels are counted together, which takes a fraction of the time.
    for (numbers, active), count in Counter(map(_labels_and_activity, state.entries(CONTACTS))).items():
        for place in {places[number] for number in numbers if number in places}:
            counts[place][0] += count
            counts[place][1] += count if active else 0
    return {"items": list(zip(labels, counts, strict=True))}


def _write_group(_: Call, counted: Any) -> dict[str, Any]:
    label, (count, active) = counted
    return {"ContactGroupID": label.ids[0], "Title": label.title, "ContactsCount": count, "ContactsActiveCount": active}


GROUPS: Final = Query(
    "ContactGroupList", find=_groups, body=many(_write_group), keys=lambda _: ((CONTACTS, WHOLE), (LABELS, WHOLE))
)


class ContactChangeLabel(Handler):
    """`ContactChangeLabel`. However many contacts have the label, it is the label that is changed."""

    operations = ("ContactChangeLabel",)
    readers = MappingProxyType({"FromLabel": str.strip, "ToLabel": str.strip})

    def checks(self) -> Mapping[str, Check]:
        """The label has to be there, and become another one."""
        return {
            "from_label_unknown": lambda call, state: _label(call, state, "FromLabel") is None,
            "label_same": lambda call, _: call.values["FromLabel"] == call.values["ToLabel"],
            "label_unusable": _unusable,
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """Both labels."""
        return [(LABELS, each) for name in ("FromLabel", "ToLabel") if (each := call.value(name))]

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Change it."""
        change = Change(Verdict("success"))
        label: Any = _label(call, state, "FromLabel")
        rename_label(change, label, call.values["ToLabel"], _label(call, state, "ToLabel"))
        return change

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:  # noqa: ARG002  (the protocol's)
        """Write the status and nothing around it."""
        return write_status(call, row)


def _label(call: Call, state: State, field: str) -> Label | None:
    title = call.value(field)
    return state.get(LABELS, title) if title else None


def _unusable(call: Call, state: State) -> bool:
    """Whether no list of labels could name it, or it has taken over too many others."""
    title = call.value("ToLabel")
    if not title or len(title) > TEXT_MOST or _separated(title):
        return True
    held = [each for name in ("FromLabel", "ToLabel") if (each := _label(call, state, name)) is not None]
    return sum(len(each.ids) for each in held) > LABELS_MOST
