"""The callback that tells the customer how a rental has ended."""

from __future__ import annotations

from datetime import timedelta

import orjson

from otp_sandbox.contract import EventContext
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.providers.thuesim.account import PROVIDER
from otp_sandbox.providers.thuesim.answers import content_of, write_flag
from otp_sandbox.providers.thuesim.rental_ids import told_id
from otp_sandbox.renting.states import NUMBERS


def end_callback(rental: Rental, url: str, context: EventContext) -> Callback:
    """Make the callback of a rental that is done or has expired."""
    policy = context.dialect.policy
    return Callback(
        id=f"cb-{rental.id}-{NUMBERS[rental.state]}",
        provider=PROVIDER,
        event=rental.state,
        url=url,
        method="POST",
        headers={"Content-Type": "application/json"},
        body=_body(rental, context),
        timeout=timedelta(seconds=policy("callback_timeout_seconds")),
        retries=policy("callback_retries"),
        retry_after=timedelta(seconds=policy("callback_retry_seconds")),
    )


def _body(rental: Rental, context: EventContext) -> str:
    code, content = rental.code, content_of(rental, context.dialect, context.seed)
    if rental.state != "done":  # an expired one has got neither
        code = content = "" if context.dialect.option("callback-empty") == "empty" else None
    data = {
        "status": NUMBERS[rental.state],
        "requestId": told_id(rental, context.dialect),
        "code": code,
        "smsContent": content,
        "isSound": write_flag(rental.is_call),
    }
    return orjson.dumps({"data": data}).decode()
