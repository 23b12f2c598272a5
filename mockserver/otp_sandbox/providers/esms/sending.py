"""What the sends of eSMS share: rules, ids, and how a message gets on its way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from otp_sandbox.contract import Call, shown
from otp_sandbox.domain import challenges, duplicates, messages, vietnam
from otp_sandbox.domain.callbacks import call_back
from otp_sandbox.domain.code_in_text import find_code
from otp_sandbox.domain.duplicates import Accepted
from otp_sandbox.domain.messages import DELIVERED_AFTER, REFUSED, Channel, Message, Refused
from otp_sandbox.domain.odd_times import odd_time
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.seeds import draw_bytes
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.callbacks import can_be_called, delivery_callback
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.dates import sending_date
from otp_sandbox.providers.esms.details import ADVERTISING, Details
from otp_sandbox.providers.esms.phones import fold_all
from otp_sandbox.providers.esms.sms_ids import GUID_ONLY, HEX_ONLY, as_guid, with_tail

SMS_ID_LENGTH: Final = 32
_ID_BYTES: Final = slice(32 - SMS_ID_LENGTH // 2, 32)
_CODE_BYTES: Final = slice(32, 64)
_TAIL_BYTES: Final = slice(0, 8)
"""Of the 64 bytes that are drawn: the end of the first half, the second half, and the beginning."""
HAS_ID: Final = frozenset({"template_mismatch", "keyword_blocked", "carrier_not_registered"})
"""Rows that come after the message exists: their answers carry its SMSID (`esms.late-refusal-smsid`)."""


def has_blocked_word(call: Call, text: str) -> bool:
    """Whether a word that may not be sent stands in a text, in any case, also within another word."""
    words = call.account.blocked_words
    if not words:
        return False
    folded = text.casefold()
    return any(word.casefold() in folded for word in words if word.strip())


def is_out_of_reach(call: Call, brandname: str) -> bool:
    """Whether the phone's carrier does not know a sender name that the account has."""
    found = call.account.brandname(brandname)
    return found.carriers is not None and not found.reaches(carrier_of(call.values["Phone"]).name)


def is_without_zalo(call: Call) -> bool:
    """Whether Zalo does not reach the phone."""
    return call.values["Phone"] in fold_all(call.account.without_zalo)


def switched_on(text: str) -> bool:
    """Whether a field that is 0 or 1, or false or true, is on."""
    return text.strip().lower() in ("1", "true")


def warn_of_flags(change: Change[Any], call: Call, *names: str) -> None:
    """Note a switch that is neither on nor off. It counts as off."""
    for name in names:
        text = call.text(name).strip() if name in call.values else ""
        if text and text.lower() not in _SWITCHES:
            change.warnings.append(f"{name}={shown(text)} is neither 0 nor 1: it counts as 0")


_SWITCHES: Final = frozenset({"0", "1", "false", "true"})


def text_to_send(call: Call, text: str, is_unicode: str, alias: str) -> str:
    """Give a text as it goes out: under the choice `stripped` without diacritics, unless it is said to have some.

    `alias` is what the request says as Unicode. By choice it stands for a missing IsUnicode (`esms.unicode-alias`).
    """
    if call.dialect.option("is-unicode") != "stripped":
        return text
    if not is_unicode and call.dialect.option("unicode-alias") == "read":
        is_unicode = alias
    return text if switched_on(is_unicode) else _without_diacritics(text)


def _without_diacritics(text: str) -> str:
    # Character by character: to bring a long run of marks into their order takes quadratic time.
    return unicodedata.normalize("NFC", "".join(map(_plain, text)))


@lru_cache(maxsize=1024)
def _plain(character: str) -> str:
    if character in _CROSSED:
        return _CROSSED[character]
    return "".join(each for each in unicodedata.normalize("NFD", character) if not unicodedata.combining(each))


_CROSSED: Final = {"đ": "d", "Đ": "D"}
"""The one Vietnamese letter that is no letter with a mark."""


def key_of_sequence(phone: str) -> Key:
    """Name what ids are drawn by."""
    return (challenges.SEQUENCES, challenges.recipient_key(PROVIDER, phone))


def draw_send(change: Change[Any], state: State, call: Call) -> tuple[str, int]:
    """Draw the SMSID of the next send to the phone, and a large number of which a code can be made."""
    phone = call.values["Phone"]
    drawn = draw_bytes(call.seed, PROVIDER, phone, challenges.next_in_sequence(change, state, PROVIDER, phone))
    sms_id = drawn[_ID_BYTES].hex()
    if call.operation.name in GUID_ONLY:
        sms_id = as_guid(sms_id)
    elif call.operation.name not in HEX_ONLY:
        sms_id = with_tail(sms_id, int.from_bytes(drawn[_TAIL_BYTES]), call.dialect.option("smsid-opaque"))
    return sms_id, int.from_bytes(drawn[_CODE_BYTES])


def refuse(call: Call, state: State, verdict: Verdict, *, is_try: bool = False) -> Change[Verdict]:
    """Refuse: a refusal that comes late has an SMSID, by which it is found later unless the request was a try.

    The phone's sequence goes on, so that the next id differs.
    """
    change = Change(verdict)
    if call.dialect.row(call.operation, verdict.cause).name in HAS_ID:
        sms_id, _ = draw_send(change, state, call)
        change.verdict = replace(verdict, facts={**verdict.facts, "sms_id": sms_id})
        if not is_try:
            change.writes[REFUSED, sms_id] = Refused(sms_id, PROVIDER, call.values["Phone"], call.now)
    return change


def used_before(call: Call, state: State, request_ids: Iterable[str]) -> Accepted | None:
    """Give the send that used one of the customer's ids up and still blocks it (`esms.request-id-window`)."""
    now = call.now
    if call.dialect.option("request-id-window") == "calendar-day":
        since = datetime.combine(now.astimezone(vietnam.TIME), time(), vietnam.TIME)
    else:  # it is free again when the hours are over, to the instant
        since = now - timedelta(hours=call.dialect.policy("request_id_hours")) + timedelta.resolution
    found = (duplicates.duplicate_of(state, PROVIDER, each, since) for each in request_ids)
    return next(filter(None, found), None)


def use_up(change: Change[Any], call: Call, request_ids: Iterable[str], sms_id: str) -> None:
    """Use the customer's ids up; one that is too long counts whole."""
    for request_id in request_ids:
        duplicates.accept(change, PROVIDER, request_id, call.now, sms_id)
        warn_of_length(change, call, "RequestId", request_id, "request_id_length_max")


def warn_of_length(change: Change[Any], call: Call, name: str, text: str, policy: str) -> None:
    """Note a text that is longer than documented. It counts whole."""
    most = call.dialect.policy(policy)
    if len(text) > most:
        change.warnings.append(f"{name} is longer than {most} characters: it counts whole")


def must_fit(call: Call, *, is_try: bool) -> bool:
    """Whether a text is compared with the templates of its sender name (`esms.sandbox-checks`)."""
    return not is_try or call.dialect.option("sandbox-checks") == "all"


def uses_id_up(call: Call, *, is_try: bool) -> bool:
    """Whether a RequestId counts (`esms.sandbox-request-id`)."""
    return not is_try or call.dialect.option("sandbox-request-id") == "used-up"


def key_of_repeat(call: Call, text: str) -> Iterator[Key]:
    """Name what is known of the same text to the same phone, where that counts."""
    if call.dialect.option("repeated-content") == "fails":
        yield duplicates.key_of_repeat(PROVIDER, call.values["Phone"], text)


def is_repeated(call: Call, state: State, text: str) -> bool:
    """Whether the same text went to the same phone so shortly ago that it fails (`esms.repeated-content`)."""
    shortly = timedelta(minutes=call.dialect.policy("repeated_content_minutes"))
    return any((at := state.get(*key)) is not None and call.now - at < shortly for key in key_of_repeat(call, text))


def new_message(
    call: Call,
    sms_id: str,
    text: str,
    *,
    sender: str,
    price: int,
    details: Details | None = None,
    channel: Channel = "sms",
    code: str | None = None,
) -> Message:
    """Make a message that is sent now; without a code, it is looked for in the text.

    It is not guessed where the place of the code is known: in a template of the sender name.
    """
    if not code and channel == "sms" and sender:
        brandname = call.account.brandname(sender)
        code = brandname.code_in(text) if brandname is not None else None
    return Message(
        id=sms_id,
        provider=PROVIDER,
        operation=call.operation.name,
        to=call.values["Phone"],
        sender=sender,
        text=text,
        code=code or find_code(text),
        price=price,
        state="sent",
        created_at=call.now,
        request_id=call.request_id,
        timeline=(("sent", call.now),),
        channel=channel,
        details=details,
    )


def launch(
    change: Change[Any],
    call: Call,
    state: State,
    message: Message,
    *,
    at: datetime | None = None,
    fails_after: timedelta | None = None,
) -> None:
    """Send a message, or list it and send it when it is approved and its time has come.

    Args:
        change: the change of the send.
        call: the call.
        state: what `messages.keys_of_sending` names of the phone.
        message: as `new_message` makes it.
        at: when it is to go out, later than now; None for now.
        fails_after: how long after it went out it turns out that it fails; None if it arrives.
    """
    now, first = call.now, at
    if call.dialect.option("send-status-life") == "one-two-five":
        first = now + timedelta(seconds=call.dialect.policy("approval_seconds"))
        details = replace(message.details or Details(), awaiting_approval=True, send_at=at)
        message = replace(message, details=details)
    if first is not None:
        message = replace(message, state="queued", timeline=(("queued", now),))
        messages.queue(change, message, first, max(first, at or first))
        if fails_after is not None:
            change.due.append(messages.force_report(message, "failed", max(first, at or first) + fails_after))
    elif fails_after is not None:
        messages.send_in_vain(change, message, now + fails_after)
    else:
        hand_over(change, message, state, now)


def hand_over(change: Change[Any], message: Message, state: State, at: datetime) -> None:
    """Send a message, of which no more is heard if it is lost (`esms.type-1-unnamed`)."""
    details = message.details
    if isinstance(details, Details) and details.sms_type == ADVERTISING and not message.sender:
        messages.send_into_void(change, message)
    else:
        messages.send(change, message, state, at)


def sending_time(change: Change[Any], call: Call) -> datetime | None:
    """Read `SendDate`, where the operation has one: None for now, as which the past and what is no date count too."""
    text = call.text("SendDate").strip() if "SendDate" in call.values else ""
    if not text:
        return None
    at = sending_date(text)
    if at is None:
        change.warnings.append(f"SendDate={shown(text)} is not yyyy-MM-dd HH:mm:ss: the message is sent now")
        return None
    change.warnings += odd_time("SendDate", at, call.now, vietnam.TIME)
    return at.astimezone(UTC) if at > call.now else None


def callback_address(change: Change[Any], text: str) -> str:
    """Give the address that is told of the delivery; one that cannot be called is noted."""
    if text and not can_be_called(text):
        change.warnings.append("CallbackUrl is no http or https address: nobody is told")
    return text


def end_try(change: Change[Any], call: Call, message: Message) -> None:
    """End a try: nothing of it is kept, and by choice somebody is told (`esms.sandbox-callback`)."""
    if call.dialect.option("sandbox-callback") != "sent":
        return
    at = call.now + DELIVERED_AFTER
    free = replace(message, price=0).now_in("delivered", at)
    callback = delivery_callback(free, call.account.callback_policy, call.dialect)
    if callback is not None:
        call_back(change, callback, at)
