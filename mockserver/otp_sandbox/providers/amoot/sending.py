"""What every send of Amoot does: draw numbers, write the messages, charge for all of them or for none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from otp_sandbox.contract import Call, Handler, shown
from otp_sandbox.domain import challenges, messages
from otp_sandbox.domain.challenges import CODES, SEQUENCES, Challenge
from otp_sandbox.domain.code_in_text import find_code
from otp_sandbox.domain.messages import DELIVERED_AFTER, Message, MessageState
from otp_sandbox.domain.odd_times import odd_time
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.seeds import draw, halves
from otp_sandbox.domain.segments import segments
from otp_sandbox.domain.store import Change, Key, State, Table
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY, PROVIDER
from otp_sandbox.providers.amoot.dates import TEHRAN, exact_time, sending_time
from otp_sandbox.providers.amoot.details import Details
from otp_sandbox.providers.amoot.phones import national

PATTERN_LINE: Final = "Service"
"""The line of what has no line of its own. Patterns go over a shared line of the provider's, which nobody names."""

_FIRST_ID: Final = 600_000_000
_IDS: Final = 399_999_999
_FIRST_CAMPAIGN: Final = 10_000_000
_CAMPAIGNS: Final = 90_000_000


class Drawn(Record):
    """What was drawn for a message to come: its number (nine digits), that of a campaign which begins with it (eight).

    `for_code` is a large number of which a code is made.
    """

    message_id: int
    campaign_id: int
    for_code: int


class _Nobody:
    """A state in which nothing is known of any phone."""

    def get(self, _: Table[Any], __: str) -> None:
        """Give nothing."""

    def entries(self, _: Table[Any]) -> tuple[()]:
        """Give nothing."""
        return ()


NOBODY: Final[State] = _Nobody()


class Send(Handler):
    """What all sends do where the credit is too low, and that is chosen: the messages go out all the same."""

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Send what could not be paid for, and charge nothing (`amoot.credit`)."""
        unpaid = verdict.cause == "credit_not_enough" and not verdict.magic
        if not unpaid or call.dialect.option("credit") == "refused":
            return super().refuse(call, state, verdict)
        change = self.perform(call, state)
        del change.writes[KEY]
        change.verdict = verdict
        change.warnings.append("CreditNotEnough was answered, and the messages went out: amoot.credit is chosen so")
        return change


class Sending:
    """The messages of one call, gathered in one change: all are sent or queued and paid for, or none is.

    What is drawn belongs to the recipient and to how often that one was sent
    to, so a recipient who stands twice in a call gets two messages with two numbers.
    """

    def __init__(self, call: Call, state: State, at: datetime | None = None, backup: str | None = None) -> None:
        """Begin. `at` is when the messages go out, now if it is not in the future.

        With a `backup` line, it sends to those who want no messages of the ordinary one, and they arrive.
        """
        self._call, self._state, self._backup = call, state, backup
        self._at = call.now if at is None else at
        self._black_list: frozenset[str] = call.account.black_listed()
        self._change: Change[Verdict] = Change(Verdict("success"))
        if "SendDateTime" in call.values and call.text("SendDateTime"):
            self._change.warnings += _odd_time(call.text("SendDateTime"), self._at, call.now)
        self._numbers: set[int] = set()
        self._drawn = 0
        self.price = 0

    def draw(self, phone: str) -> Drawn:
        """Draw the numbers of the next message to a recipient; no number comes twice within a call."""
        key = (SEQUENCES, challenges.recipient_key(PROVIDER, phone))
        writes = self._change.writes
        number = writes[key] if key in writes else self._state.get(*key) or 0
        drawn = None
        while drawn is None:
            number += 1
            drawn = self._draw(phone, number)
        writes[key] = number
        return drawn

    def draw_of_call(self) -> Drawn:
        """Draw the numbers of the next message; they belong to the call, and nothing is kept of the recipient."""
        drawn = None
        while drawn is None:
            self._drawn += 1
            drawn = self._draw(self._call.request_id, self._drawn)
        return drawn

    def _draw(self, *words: str | int) -> Drawn | None:
        """Draw numbers, None if the call has one of them already."""
        for_id, for_code = halves(draw(self._call.seed, PROVIDER, *words))
        message_id = _FIRST_ID + for_id % _IDS
        campaign_id = _FIRST_CAMPAIGN + for_id // _IDS % _CAMPAIGNS
        if {message_id, campaign_id} & self._numbers:
            return None
        self._numbers |= {message_id, campaign_id}
        return Drawn(message_id, campaign_id, for_code)

    def use_pin(self, phone: str) -> str | None:
        """Use up one pinned code of a recipient, if there is one."""
        return challenges.use_pin(self._change, self._state, phone)

    def add(
        self, drawn: Drawn, phone: str, text: str, sender: str, *, price: int, campaign: int, code: str | None
    ) -> str | None:
        """Write a message, and put its price on the bill. Gives the backup line where that sends it."""
        call, now, at = self._call, self._call.now, self._at
        black_listed = phone in self._black_list
        backup = self._backup if black_listed else None
        if backup is not None:
            black_listed, sender = False, backup
        queued = at > now
        begins: MessageState = "queued" if queued else "sent"
        message = Message(
            id=str(drawn.message_id),
            provider=PROVIDER,
            operation=call.operation.name,
            to=phone,
            sender=sender,
            text=text,
            code=code,
            price=price,
            state=begins,
            created_at=now,
            request_id=call.request_id,
            timeline=((begins, now),),
            details=Details(campaign, black_listed, backup is not None),
        )
        self.price += price
        if queued:
            messages.queue(self._change, message, at)
            if black_listed:
                self._change.due.append(messages.force_report(message, "failed", at + DELIVERED_AFTER))
        elif black_listed:
            messages.send_in_vain(self._change, message, at + DELIVERED_AFTER)
        else:
            messages.send(self._change, message, self._state, now)
        return backup

    def issue(self, drawn: Drawn, phone: str, code: str) -> None:
        """Note a code. Nothing at Amoot checks one: it never expires, and a newer one leaves it as it is."""
        challenge = Challenge(f"code-{drawn.message_id}", PROVIDER, phone, code, self._call.now, expires_at=None)
        self._change.writes[CODES, challenge.id] = challenge

    def finish(self, **facts: object) -> Change[Verdict]:
        """Charge for everything; the facts go into the answer."""
        self._change.writes[KEY] = self._call.account.charged(self.price)
        self._change.verdict = Verdict("success", facts)
        return self._change


def time_of(call: Call) -> datetime:
    """Tell when the messages of a call go out."""
    return sending_time(call.text("SendDateTime"), call.now)


def _odd_time(text: str, at: datetime, now: datetime) -> list[str]:
    """Say what is odd about a time that was sent. Only what counts as now is read again."""
    meant = at if at > now else exact_time(text)
    if meant is not None:
        return odd_time("SendDateTime", meant, now, TEHRAN)
    if text.strip() in ("", "0"):  # what programs send for now
        return []
    return [f"SendDateTime={shown(text)} is no time that can be read: the message is sent now"]


def keys_of(phones: Iterable[str]) -> Sequence[Key]:
    """Name what a send to some recipients reads."""
    keys: list[Key] = []
    for phone in phones:
        keys += ((SEQUENCES, challenges.recipient_key(PROVIDER, phone)), *messages.keys_of_sending(phone))
    return keys


def price_of(call: Call, text: str) -> int:
    """Give the price of a text to one recipient, in rials."""
    price: int = call.account.price * segments(text).count
    return price


def send_text(
    call: Call,
    state: State,
    text: str,
    sender: str,
    rows: Iterable[tuple[str, bool]],
    *,
    at: datetime | None = None,
    code: str | None = None,
    backup: str | None = None,
    of_bank: bool = False,
) -> Change[Verdict]:
    """Send a text as one campaign.

    Args:
        call: the call.
        state: what `keys_of` names of all recipients.
        text: the text as it is sent.
        sender: the line as it was named.
        rows: the recipients in the order of the answer, empty where there is no mobile number, and whether each is sent
            to; one must be.
        at: when, now if that is not in the future.
        code: the code in the text, where its place is known; else it is looked for.
        backup: the line that sends to those who want no messages.
        of_bank: the recipients are numbers of a bank, of which nothing is known, and nothing is read or kept.
    """
    sending = Sending(call, NOBODY if of_bank else state, at, backup)
    parts, code, campaign = segments(text).count, code or find_code(text), 0
    told_rows: list[tuple[int, int]] = []
    rerouted: dict[int, str] = {}
    price = parts * call.account.price
    for phone, goes in rows:
        message_id = 0
        if goes:
            drawn = sending.draw_of_call() if of_bank else sending.draw(phone)
            campaign, message_id = campaign or drawn.campaign_id, drawn.message_id
            line = sending.add(drawn, phone, text, sender, price=price, campaign=campaign, code=code)
            if line is not None:
                rerouted[message_id] = line
        told_rows.append((national(phone) if phone else 0, message_id))
    told = {"text": text, "parts": parts, "campaign_id": campaign, "price": sending.price, "rows": told_rows}
    return sending.finish(**told, rerouted=rerouted)
