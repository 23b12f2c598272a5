"""The delivery callback: a GET at the customer's address with all in the query (`esms.callback`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote

from otp_sandbox.contract import Dialect
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.messages import FINAL, Message
from otp_sandbox.providers.esms.account import PROVIDER, CallbackPolicy
from otp_sandbox.providers.esms.campaigns import Campaign
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.details import CUSTOMER_CARE, details_of, send_status, sms_id, total_price
from otp_sandbox.providers.esms.phones import national
from otp_sandbox.providers.esms.voice_calls import VOICE_CALLS, call_facts
from otp_sandbox.providers.esms.zalo_callbacks import zalo_parameters


def can_be_called(address: str) -> bool:
    """Whether an address is one of HTTP, encrypted or not (`esms.callback-scheme`)."""
    return address.lower().startswith(("http://", "https://"))


def delivery_callback(
    message: Message, policy: CallbackPolicy, dialect: Dialect, campaign: Campaign | None = None
) -> Callback | None:
    """Make the callback of a message that has come to its end, or of a campaign, if its send named an address."""
    address = details_of(message).callback_url
    if message.state not in FINAL or not can_be_called(address):
        return None
    if message.operation in VOICE_CALLS:
        facts = call_facts(message)
    else:
        facts = _parameters(message) if campaign is None else _sums(message, campaign, dialect)
    insists = policy.retry_answers or message.operation in VOICE_CALLS
    name = f"{message.id}-{len(message.timeline)}"
    return request_to(address, name, message.state, facts, Trying(policy, dialect, insists=insists))


class Trying(NamedTuple):
    """How often a request is made: as the account has it, else as the spec; `insists` on another answer than 2xx."""

    policy: CallbackPolicy
    dialect: Dialect
    insists: bool = False


def request_to(address: str, name: str, event: str, facts: Mapping[str, str], trying: Trying) -> Callback:
    """Make a GET that tells facts in its query, besides what the address has there."""
    address, _, _ = address.partition("#")  # a fragment never travels
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    policy, number = trying.policy, trying.dialect.policy
    retries, after, timeout = policy.retries, policy.retry_after, policy.timeout
    query = "&".join(f"{name}={quote(value, safe='{}')}" for name, value in facts.items())
    return Callback(
        id=f"cb-{name}",
        provider=PROVIDER,
        event=event,
        url=f"{address}{joint}{query}",
        method="GET",
        headers={},
        body="",
        timeout=timeout if timeout is not None else timedelta(seconds=number("callback_timeout_seconds")),
        retries=retries if retries is not None else number("callback_retries"),
        retry_after=after if after is not None else timedelta(seconds=number("callback_retry_seconds")),
        retry_answers=trying.insists,
    )


def _sums(message: Message, campaign: Campaign, dialect: Dialect) -> Mapping[str, str]:
    """Tell a campaign: sums, and neither carrier nor phone (`esms.campaign-callback`)."""
    details, counted = details_of(message), dialect.option("campaign-counts") == "counted"
    return {
        "SMSID": sms_id(message),
        "SendFailed": str(campaign.failed if counted else 0),
        "SendStatus": str(send_status(message)),
        "SendSuccess": str(campaign.delivered if counted else 0),
        "TotalPrice": f"{campaign.price}.0000",
        "TotalReceiver": str(details.receivers),
        "TotalSent": str(details.receivers),
        "RequestId": details.request_id,
        "TypeId": str(details.sms_type),
    }


def _parameters(message: Message) -> Mapping[str, str]:
    details, delivered = details_of(message), message.state == "delivered"
    parameters = {
        "SMSID": sms_id(message),
        "SendFailed": str(int(not delivered)),
        "SendStatus": str(send_status(message)),
        "SendSuccess": str(int(delivered)),
        "TotalPrice": f"{total_price(message)}.0000",
        "TotalReceiver": "1",
        "TotalSent": str(int(delivered or message.channel != "zalo")),  # as the samples of failed messages have it
        "RequestId": details.request_id,
        "TypeId": str(details.sms_type),
    }
    if message.channel == "zalo":
        return {**parameters, **zalo_parameters(message, details)}
    parameters |= {"telcoid": str(carrier_of(message.to).id), "phonenumber": national(message.to)}
    return {**parameters, "switchsmsid": ""} if details.sms_type == CUSTOMER_CARE else parameters
