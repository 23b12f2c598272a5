"""How the published bodies of messages by Zalo come about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_conformance.callbacks import NOBODY_LISTENS
from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.esms.names import (
    BULK,
    BY_SMS_ID,
    BY_ZALO_ID,
    JSON_SEND,
    OA,
    STORED,
    ZALO_SUMMARY,
    ZNS,
    ZNS_TO_UID,
)
from otp_conformance.recipe import Recipe, call

_SENT: Final = frozenset({"SMSID"})
_BY_ZALO: Final = {"SmsType": "25", "OAID": OA, "Brandname": None}
_ZALO_TEXT: Final = "Ma xac minh cua ban la 686868. Khong chia se ma nay cho bat ky ai."
_MOVED: Final = frozenset({Feature.CLOCK, Feature.ACCOUNTS})


async def _send_bulk(esms: Driver) -> str:
    phones = ("0901888484", "0918238965", "097469188")
    return (await esms.call(BULK, Data=[{"Phone": each, "Params": ["686868"]} for each in phones])).text


async def _ask_price(esms: Driver) -> str:
    await esms.account(price=660)
    return (await esms.call(ZALO_SUMMARY)).text


async def _send_delivered(esms: Driver) -> dict[str, str]:
    await esms.account(price=330)
    sms_id = (await esms.call(ZNS)).json["SMSID"]
    await esms.advance("1m")
    told = (await esms.call(BY_SMS_ID, SmsId=sms_id)).json["Data"]
    return {"SmsId": sms_id, "MessageId": told["ZaloMsgId"]}


async def _ask_by_sms_id(esms: Driver) -> str:
    return (await esms.call(BY_SMS_ID, SmsId=(await _send_delivered(esms))["SmsId"])).text


async def _ask_by_zalo_id(esms: Driver) -> str:
    return (await esms.call(BY_ZALO_ID, MessageId=(await _send_delivered(esms))["MessageId"])).text


async def _ask_stored(esms: Driver) -> str:
    oa = "1090257973118325189"
    templates = [{"id": "228386", "text": "<otp>"}]
    phone = "0909090909"
    await esms.account(official_accounts=[{"id": oa, "templates": templates}], without_zalo=[phone])
    sent = await esms.call(ZNS, Phone=phone, OAID=oa, TempID="228386", CallbackUrl=NOBODY_LISTENS)
    await esms.advance("1s")
    return (await esms.call(STORED, OAId=oa, ListRefid=[sent.json["SMSID"]])).text


SAMPLES: Final[Mapping[str, Recipe]] = {
    f"{ZNS_TO_UID}/zalo_uid_missing": Recipe(call(ZNS_TO_UID, ZaloUid=None), tier=Tier.NOTHING),
    f"{ZNS_TO_UID}/zalo_uid_invalid": Recipe(call(ZNS_TO_UID, ZaloUid="1" * 21), tier=Tier.NOTHING),
    f"{JSON_SEND}/accepted.zalo": Recipe(call(JSON_SEND, **_BY_ZALO, Content=_ZALO_TEXT), own=_SENT, tier=Tier.SENDS),
    f"{JSON_SEND}/template_not_configured": Recipe(call(JSON_SEND, **_BY_ZALO), tier=Tier.NOTHING),
    f"{BULK}/bulk_taken": Recipe(_send_bulk, own=frozenset({"SMSID", "Phone"}), tier=Tier.SENDS),
    f"{ZALO_SUMMARY}/zns_price_told": Recipe(_ask_price, needs=frozenset({Feature.ACCOUNTS})),
    f"{BY_SMS_ID}/zns_status_told": Recipe(
        _ask_by_sms_id, own=frozenset({"SMSID", "ZaloMsgId"}), needs=_MOVED, tier=Tier.SENDS
    ),
    f"{BY_ZALO_ID}/zalo_status_told": Recipe(
        _ask_by_zalo_id, own=frozenset({"delivery_time"}), needs=_MOVED, tier=Tier.SENDS
    ),
    # The sample's carrier is not the one that the numbering plan has for its phone, and its error another one.
    f"{STORED}/callbacks_told": Recipe(
        _ask_stored,
        own=frozenset({"SMSID", "Telcoid", "CallbackUrl", "Partnerids", "ErrorInfo"}),
        needs=_MOVED,
        tier=Tier.SENDS,
    ),
}
