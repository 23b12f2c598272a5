"""What phones write to a short code of the customer's: eSMS calls the customer's address (`esms.short-code`)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Final, cast

from otp_sandbox.contract import EventContext
from otp_sandbox.domain import vietnam
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.inbox import Received
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.account import KEY, Account
from otp_sandbox.providers.esms.callbacks import Trying, request_to

TELL_KEYS: Final = (KEY,)


def receives(account: Account, line: str) -> str | None:
    """Give a short code of the account, None if it is none."""
    wanted = line.strip()
    return next((each.number for each in account.short_codes if each.number == wanted), None)


def tell(state: State, context: EventContext, received: Received) -> Iterator[Callback]:
    """Make the request that forwards a text."""
    account = cast("Account", state.get(*KEY))
    line = next((each for each in account.short_codes if each.number == received.line), None)
    if line is None:  # it was taken off the account meanwhile
        return
    at = received.received_at.astimezone(vietnam.TIME).strftime("%Y%m%d%H%M%S")
    facts = {
        "sender": received.sender.removeprefix("+"),
        "content": received.text,
        "serviceNumber": received.line,
        "keyword": next(iter(received.text.split()), ""),
        "sign": sign(line.cpid, received.id, received.text, at, line.private_key),
        "cpid": line.cpid,
        "smsid": received.id,
        "receiverTime": at,
    }
    name = f"inbound-{received.id}"
    yield request_to(line.url, name, "inbound", facts, Trying(account.callback_policy, context.dialect))


def sign(cpid: str, sms_id: str, content: str, at: str, private_key: str) -> str:
    """Give the sign of a forwarded text: Base64 of the MD5 of its parts, without anything between them."""
    parts = f"{cpid}{sms_id}{content}{at}{private_key}".encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.md5(parts, usedforsecurity=False).digest()).decode()
