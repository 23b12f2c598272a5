"""The relays of the account: RelayMessageDelivery… and RelayRecieveMessage…, Create, List and SetActive alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from otp_sandbox.contract import Call, Check, Facts, Query, Reason, Why, listed, shown
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY
from otp_sandbox.providers.amoot.answers import many, write_status
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.flags import is_true
from otp_sandbox.providers.amoot.numbers import long_number
from otp_sandbox.providers.amoot.relays import RELAY_MOST, RELAYS_MOST, Relay, relay_address
from otp_specs import Outcome


class Kind(NamedTuple):
    """Relays of a kind: how the operations begin, where they stand in the account, the row of an unknown number."""

    name: str
    held: str
    unknown: str

    @property
    def number(self) -> str:
        """The field of the number."""
        return f"{self.name}ID"

    def relays(self, call: Call) -> tuple[Relay, ...]:
        """Give those of the account."""
        found: tuple[Relay, ...] = getattr(call.account, self.held)
        return found

    def wanted(self, call: Call) -> Relay | None:
        """Find the one that a call names."""
        return next((each for each in self.relays(call) if each.id == call.value(self.number)), None)


KINDS: Final = (
    Kind("RelayMessageDelivery", "delivery_relays", "relay_message_delivery_id_invalid"),
    Kind("RelayRecieveMessage", "receive_relays", "relay_recieve_message_id_invalid"),
)


def _address(text: str) -> str | None:
    try:
        return relay_address(text.strip())
    except ValueError:
        return None


def _create(kind: Kind) -> Query:
    """Make the operation that registers an address."""

    def known(call: Call, _: State) -> bool:
        address = call.value("URLAddress")
        return address is not None and address.lower() in {each.url.lower() for each in kind.relays(call)}

    def find(call: Call, _: State) -> Change[Verdict]:
        relays, url = kind.relays(call), call.values["URLAddress"]
        if call.dialect.option("relay-case") == "lower":
            url = url.lower()
        relay = Relay(_next_number(relays), url, registered_at=call.now)
        account = replace(call.account, **{kind.held: (*relays, relay)})
        return Change(Verdict("success", {"number": relay.id}), {KEY: account})

    def write(call: Call, row: Outcome, facts: Facts) -> Any:
        return {"Status": write_status(call, row), kind.number: facts.get("number", 0)}

    return Query(
        f"{kind.name}Create",
        find=find,
        body=write,
        readers={"URLAddress": _address},
        checks={"url_address_duplicate": known, "relays_full": lambda call, _: len(kind.relays(call)) >= RELAYS_MOST},
        reasons={
            "address_invalid": lambda call, _: Why(
                f"URLAddress {shown(call.text('URLAddress'))} is no address of http or https, or has a user name"
            ),
            "relays_full": lambda *_: Why(
                f"there are {RELAYS_MOST} relays, the sandbox keeps no more", {kind.held: []}
            ),
        },
    )


def _list(kind: Kind) -> Query:
    """Make the operation that lists the addresses, the oldest first."""
    return Query(f"{kind.name}List", find=lambda call, _: {"items": kind.relays(call)}, body=many(_write))


def _set_active(kind: Kind) -> Query:
    """Make the operation that switches a relay on or off."""

    def unknown(option: str) -> Check:
        return lambda call, _: kind.wanted(call) is None and call.dialect.option("relay-unknown") == option

    def find(call: Call, _: State) -> Change[Verdict]:
        active, wanted = call.value("Active") or False, kind.wanted(call)
        relays = tuple(replace(each, active=active) if each is wanted else each for each in kind.relays(call))
        return Change(Verdict("success"), {KEY: replace(call.account, **{kind.held: relays})})

    def why(call: Call, _: State) -> Why:
        known = listed(each.id for each in kind.relays(call))
        return Why(f"{kind.number} {shown(call.text(kind.number))} is none of {known}")

    reasons: Mapping[str, Reason] = {"relay_unknown": why, kind.unknown: why}
    return Query(
        f"{kind.name}SetActive",
        find=find,
        body=lambda call, row, _: write_status(call, row),
        readers={kind.number: lambda text: long_number(text) or 0, "Active": is_true},
        checks={"relay_unknown": unknown("failed"), kind.unknown: unknown("id-invalid")},
        reasons=reasons,
    )


def _next_number(relays: tuple[Relay, ...]) -> int:
    """Give the number after the highest one; when there is none after it, the lowest that is free."""
    taken = {each.id for each in relays}
    highest = max((0, *taken))
    return highest + 1 if highest < RELAY_MOST else min({*range(1, len(taken) + 2)} - taken)


def _write(_: Call, relay: Relay) -> Mapping[str, Any]:
    return {
        "ID": relay.id,
        "EncryptedID": "",
        "Active": relay.active,
        "RegDateTime": write_time(relay.registered_at),
        "URLAddress": relay.url,
    }


_MAKE: Final[tuple[Callable[[Kind], Query], ...]] = (_create, _list, _set_active)
DELIVERY_CREATE, DELIVERY_LIST, DELIVERY_ACTIVE = (make(KINDS[0]) for make in _MAKE)
RECEIVE_CREATE, RECEIVE_LIST, RECEIVE_ACTIVE = (make(KINDS[1]) for make in _MAKE)
