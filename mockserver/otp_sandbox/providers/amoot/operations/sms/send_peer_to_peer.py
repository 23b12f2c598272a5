"""SendPeerToPeer: each recipient a text of its own, one campaign for each distinct text (`amoot.peer-campaigns`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from otp_sandbox.contract import Call, Check, Facts, Reason
from otp_sandbox.domain.code_in_text import find_code
from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.segments import segments
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import sending
from otp_sandbox.providers.amoot.answers import write_status
from otp_sandbox.providers.amoot.checks import refused_phones
from otp_sandbox.providers.amoot.lists import ENTRIES_MOST, json_array, plain
from otp_sandbox.providers.amoot.phones import fold, national
from otp_sandbox.providers.amoot.reasons import credit_not_enough
from otp_specs import Outcome


class Pair(Record):
    """A recipient, None where there is no mobile number, and its text."""

    phone: str | None
    text: str


def pairs(text: str) -> tuple[Pair, ...] | None:
    """Read `Input`: a JSON array of objects, whose keys match in any case like all names.

    None if it is no such, if it has too many, or if the texts, equal ones once, are too long together: in each of them
    a code is looked for.
    """
    array = json_array(text)
    if array is None or len(array) > ENTRIES_MOST or not all(isinstance(each, dict) for each in array):
        return None
    read = tuple(map(_pair, array))
    return None if sum(map(len, {pair.text for pair in read})) > TEXT_MOST else read


def _pair(item: Mapping[str, Any]) -> Pair:
    held = {name.lower(): value for name, value in item.items()}
    return Pair(fold(_plain(held.get("number"))), _plain(held.get("messagetext")))


def _plain(value: object) -> str:
    return "" if isinstance(value, list | dict) else plain(value)


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the campaigns of a call; null when nothing was sent. Here the data comes first (`amoot.peer-shape`)."""
    status = write_status(call, row)
    if "campaigns" not in facts:
        return {"Data": None, "Status": status}
    campaigns: Any = facts["campaigns"]
    data = {
        "CampaignsCreated": len(campaigns),
        "TotalCampaignNumbersCreated": facts["sent"],
        "FailedCount": facts["failed"],
        "Campaigns": [
            {
                "Numbers": _write_numbers(each["numbers"]),
                "Status": status,
                "MessageText": each["text"],
                "ID": each["campaign_id"],
                "SMSPagesCount": each["parts"],
            }
            for each in campaigns
        ],
    }
    return {"Data": data, "Status": status}


def _write_numbers(numbers: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"ID": message_id, "Number": mobile} for message_id, mobile in numbers]


class SendPeerToPeer(sending.Send):
    """`SendPeerToPeer`."""

    operations = ("SendPeerToPeer",)
    body = staticmethod(_write)
    readers = MappingProxyType({"Input": pairs})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields. An empty array counts as none."""
        return {
            "mobiles_empty": lambda call, _: call.values["Input"] == (),
            "texts_missing": self._texts_missing,
            "no_mobile_left": lambda call, _: not any(True for _ in _going(call)),
            "credit_not_enough": self._credit_not_enough,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {"credit_not_enough": credit_not_enough(_price)}

    def keys(self, call: Call) -> Sequence[Key]:
        """What is known of each readable recipient."""
        read = call.values["Input"]
        return sending.keys_of(pair.phone for pair in read if pair.phone) if isinstance(read, tuple) else ()

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Say it when a list of pairs is too much: the provider has no status for that."""
        change = super().refuse(call, state, verdict)
        if call.values["Input"] is None and json_array(call.text("Input")):
            change.warnings.append(
                f"Input holds something else than pairs, more than {ENTRIES_MOST} of them, or texts of more than "
                f"{TEXT_MOST} characters together"
            )
        return change

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, and send to all who can be sent to, now or later; the others are counted."""
        sends = sending.Sending(call, state, sending.time_of(call))
        campaigns = []
        sender, sent = call.text("LineNumber"), 0
        for text, phones in _campaigns(call).items():
            parts, code = segments(text).count, find_code(text)
            drawn = [(phone, sends.draw(phone)) for phone in phones]
            campaign = drawn[0][1].campaign_id
            for phone, each in drawn:
                sends.add(each, phone, text, sender, price=parts * call.account.price, campaign=campaign, code=code)
            numbers = [(each.message_id, national(phone)) for phone, each in drawn]
            campaigns.append({"text": text, "parts": parts, "campaign_id": campaign, "numbers": numbers})
            sent += len(numbers)
        return sends.finish(campaigns=campaigns, sent=sent, failed=len(call.values["Input"]) - sent)

    def _texts_missing(self, call: Call, _: State) -> bool:
        read = call.values["Input"]
        return isinstance(read, tuple) and not any(pair.text for pair in read)

    def _credit_not_enough(self, call: Call, state: State) -> bool:
        return bool(call.account.credit < _price(call, state))


def _price(call: Call, _: State) -> int:
    parts = sum(len(phones) * segments(text).count for text, phones in _campaigns(call).items())
    price: int = parts * call.account.price
    return price


def _going(call: Call) -> Iterator[tuple[str, str]]:
    """Give recipient and text of each pair that can be sent."""
    refused = refused_phones(call)
    for pair in call.values["Input"]:
        if pair.phone and pair.text and pair.phone not in refused:
            yield pair.phone, pair.text


def _campaigns(call: Call) -> dict[str, list[str]]:
    """Give the recipients of each text, in the order of the call."""
    campaigns: dict[str, list[str]] = {}
    for phone, text in _going(call):
        campaigns.setdefault(text, []).append(phone)
    return campaigns
