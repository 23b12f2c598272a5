"""What is sent to a list of phones in one request: advertising and Viber. All go out, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler, Reason, Why, shown
from otp_sandbox.domain import duplicates
from otp_sandbox.domain.messages import Channel, Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, prices, reasons, sending
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.details import Details, id_of
from otp_sandbox.providers.esms.phones import fold_all, national
from otp_sandbox.providers.esms.recipients import by_phone, recipients_of


class Bulk(Handler):
    """A text to many phones. What is left to the kinds is how they are launched, and which field is a try."""

    body = staticmethod(answers.write_send)
    kind: Literal[1, 23]
    channel: Channel = "sms"
    tries: tuple[str, ...] = ("Sandbox",)

    def checks(self) -> Mapping[str, Check]:
        """The rules of a list, of the sender name and of money."""
        return {
            "phone_blocked": lambda call, _: _blocked_phone(call) is not None,
            "too_many_recipients": lambda call, _: (
                recipients_of(call).sent > call.dialect.policy("recipients_max")  # type: ignore[union-attr]
            ),
            "brandname_missing": lambda call, _: call.values["Brandname"] is MISSING,
            "brandname_unknown": lambda call, _: call.account.brandname(call.text("Brandname"), self.kind) is None,
            "duplicate_request": self._duplicate_request,
            "not_enough_balance": lambda call, state: call.account.balance < self._cost(call, state).price,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a request is refused."""
        return {
            "phone_blocked": _why_blocked,
            "brandname_missing": reasons.brandname_missing(lambda _: self.kind),
            "brandname_unknown": reasons.brandname_unknown(lambda call: call.text("Brandname"), lambda _: self.kind),
            "duplicate_request": reasons.duplicate_request(self._request_ids),
            "not_enough_balance": reasons.not_enough_balance(self._cost),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """What ids are drawn by, and what is known of the RequestId."""
        first = next(by_phone(call), None)
        if first is None:
            return ()
        ids = (duplicates.key_of(PROVIDER, each) for each in self._request_ids(call))
        return (sending.key_of_sequence(first.values["Phone"]), *ids)

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID."""
        return sending.refuse(next(by_phone(call), call), state, verdict, is_try=self.is_try(call))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge and send to all, or make as if for a try."""
        change = Change(Verdict("accepted"))
        first = next(by_phone(call))
        drawn, _ = sending.draw_send(change, state, first)
        sending.use_up(change, call, self._request_ids(call), drawn)
        price, told = self._cost(call, state)
        change.verdict = Verdict("accepted", {"sms_id": drawn}, told)
        made = self._messages(change, call, first, drawn)
        if self.is_try(call):
            change.verdict = replace(change.verdict, reason="")
            for each in made[:1]:
                sending.end_try(change, call, each)
            return change
        prices.charge(change, call, price)
        self.launch(change, call, state, made, sending.sending_time(change, call))
        return change

    def launch(
        self, change: Change[Verdict], call: Call, state: State, made: Sequence[Message], at: datetime | None
    ) -> None:
        """Send the messages, at an instant if it is not None."""
        for each in made:
            sending.launch(change, call, state, each, at=at)

    def text(self, call: Call) -> str:
        """Give what the phones show."""
        return call.text("Content")

    def is_try(self, call: Call) -> bool:
        """Whether the request is a try."""
        return any(name in call.values and sending.switched_on(call.text(name)) for name in self.tries)

    def _messages(self, change: Change[Verdict], call: Call, first: Call, drawn: str) -> Sequence[Message]:
        """Make the message to each phone; the first has the SMSID itself as its id."""
        found = recipients_of(call)
        phones = found.phones if found is not None else ()
        campaign = call.text("campaignid") if "campaignid" in call.values else ""
        sending.warn_of_length(change, call, "campaignid", campaign, "campaign_length_max")
        details = Details(
            sms_type=self.kind,
            request_id=call.text("RequestId"),
            campaign=campaign,
            callback_url=sending.callback_address(change, call.text("CallbackUrl")),
            receivers=len(phones),
        )
        text, sender = self.text(call), call.text("Brandname")
        price = prices.cost_of(call, text, channel=self.channel).price
        message = sending.new_message(
            first, drawn, text, sender=sender, price=price, details=details, channel=self.channel
        )
        return [message, *(replace(message, id=id_of(drawn, n), to=to) for n, to in enumerate(phones) if n)]

    def _cost(self, call: Call, _: State) -> prices.Cost:
        found = recipients_of(call)
        receivers = len(found.phones) if found is not None else 0
        return prices.cost_of(call, self.text(call), channel=self.channel, receivers=receivers)

    def _request_ids(self, call: Call) -> tuple[str, ...]:
        request_id = call.text("RequestId")
        return (request_id,) if request_id and sending.uses_id_up(call, is_try=self.is_try(call)) else ()

    def _duplicate_request(self, call: Call, state: State) -> bool:
        return sending.used_before(call, state, self._request_ids(call)) is not None


def wrong_phone(call: Call) -> bool | Facts:
    """Find an entry that is no phone, and name it."""
    found = recipients_of(call)
    return {"phone": found.wrong} if found is not None and found.wrong is not None else False


def _blocked_phone(call: Call) -> str | None:
    blocked, found = call.account.blocked_phones, recipients_of(call)
    if not blocked or found is None:
        return None
    return next((each for each in found.phones if each in fold_all(blocked)), None)


def _why_blocked(call: Call, state: State) -> Why:
    phone = national(_blocked_phone(call) or "")
    named = replace(call, fields={**call.fields, "Phone": phone}, values={**call.values, "Phone": _blocked_phone(call)})
    return reasons.REASONS["phone_blocked"](named, state)


def why_wrong(call: Call, _: State) -> Why:
    """Name the first entry that is no phone."""
    found: Any = recipients_of(call)
    return Why(f"{shown(found.wrong)} is no phone number")
