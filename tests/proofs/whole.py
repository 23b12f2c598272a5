"""Whether the state of a lane is whole: money adds up, and there is no half of anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

FUNDS: Final = 1_000_000_000
ARRIVES: Final = "02.97"
EXPIRES: Final = "02.98"
"""Services of thuesim: a message comes to a number of the first, none to one of the second, whose price goes back."""
CONFIG: Final = f"""
ring = 1000000
journal_bytes = 4000000000
[lanes.default.accounts.esms]
balance = {FUNDS}
[lanes.default.accounts.amoot]
credit = {FUNDS}
[lanes.default.accounts.thuesim]
balance = {FUNDS}
min_interval = "0s"
waiting_limit = 10000
arrival_delay = "2s"
services = [
  {{ID = 97, SV = "02", SERVICE_NAME = "Arrives", PRICE = 1450, Time = "300"}},
  {{ID = 98, SV = "02", SERVICE_NAME = "Expires", PRICE = 600, Time = "1"}},
]
"""
"""Settings of the sandboxes: logs keep all, and nobody runs out of money or numbers."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What was found in a lane that is whole: ids of messages and rentals, the codes that are used, what is under way.

    Args:
        messages: their ids.
        rentals: their ids.
        used: the ids of messages whose code is used.
        open: ids of what is not through yet.
    """

    messages: frozenset[str]
    rentals: frozenset[str]
    used: frozenset[str]
    open: frozenset[str]


def whole(content: Mapping[str, Any]) -> Whole:
    """Look at a snapshot of a lane that began with the settings of this module.

    Raises:
        AssertionError: something is half done, twice done, or paid wrongly.
    """
    tables, logs = content["tables"], content["logs"]
    messages, codes, rentals = (_by_key(logs.get(name, ())) for name in ("messages", "codes", "rentals"))
    # No message without its code, no code without its message, and both have the same one.
    assert codes.keys() == {f"code-{each}" for each in messages}
    for name, message in messages.items():
        assert codes[f"code-{name}"]["code"] == message["code"]
        assert message["code"] in message["text"]
    _each_step_once(messages)
    _ends_are_whole(rentals)
    accounts = tables["accounts"]
    spent = {name: sum(each["price"] for each in messages.values() if each["provider"] == name) for name in _BALANCES}
    spent["thuesim"] = sum(each["price"] for each in rentals.values() if each["state"] != "expired")
    assert {name: FUNDS - accounts[name][field] for name, field in _BALANCES.items()} == spent
    waiting = {name for name, each in rentals.items() if each["state"] == "waiting"}
    book = tables.get("rental_books", {}).get("thuesim", {"taken": 0, "waiting": []})
    assert book["taken"] == len(rentals)
    assert {name for name, _ in book["waiting"]} == waiting
    # What is under way is on the schedule, each thing once for each end that it may have.
    due = [(each["kind"], each["id"]) for each in content["due"]]
    assert len(due) == len(set(due))
    under_way = {name for name, each in messages.items() if each["state"] != "delivered"}
    assert under_way == {name for kind, name in due if kind == "delivery"}
    assert waiting <= {name for kind, name in due if kind == "expiry"}
    used = frozenset(name.removeprefix("code-") for name, each in codes.items() if each["used_at"] is not None)
    return Whole(frozenset(messages), frozenset(rentals), used, frozenset(waiting | under_way))


_BALANCES: Final = {"esms": "balance", "amoot": "credit", "thuesim": "balance"}


def _by_key(entries: Any) -> dict[str, Any]:
    found = {each["key"]: each["entry"] for each in entries}
    assert len(found) == len(entries), "an entry stands in a log twice"
    return found


def _each_step_once(messages: Mapping[str, Any]) -> None:
    for message in messages.values():
        steps = [step for step, _ in message["timeline"]]
        assert steps in (["sent"], ["sent", "delivered"]), message
        assert message["state"] == steps[-1], message


def _ends_are_whole(rentals: Mapping[str, Any]) -> None:
    for rental in rentals.values():
        ends = {ARRIVES: "done", EXPIRES: "expired"}
        assert rental["state"] in ("waiting", ends[rental["service"]]), rental
        if rental["state"] == "done":
            assert rental["code"], rental
            assert rental["code"] in (rental["sms"] or ""), rental
        else:
            assert (rental["code"], rental["sms"]) == (None, None), rental
