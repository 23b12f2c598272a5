"""The order of the checks of each send: of two faults the first one is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from tests.providers.esms.conftest import FIELDS, GENCODE_V5, MULTI_CHANNEL, TRANSPORTS
from tests.providers.esms.sends import channels

from otp_sandbox.domain.duplicates import ACCEPTED, Accepted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.providers.esms.conftest import Lane

OA = "4097311281936189049"
ZNS = {"id": "205644", "text": "<otp>"}
PAIR = {
    "id": "22575",
    "official_account": OA,
    "zns_template": "205644",
    "brandname": "Baotrixemay",
    "text": "{OTP} la ma xac minh dang ky Baotrixemay cua ban",
}


@dataclass(frozen=True)
class Fault:
    """Something wrong with a request or an account, and the cause that it gives.

    `zalo` and `sms` are members of the two objects of MultiChannelMessage.
    """

    cause: str
    fields: dict[str, str] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=dict)
    zalo: dict[str, Any] = field(default_factory=dict)
    sms: dict[str, Any] = field(default_factory=dict)


CALLER = (
    Fault("authorize_failed", {"SecretKey": "x"}),
    Fault("account_locked", account={"blocked": True}),
    Fault("ip_not_allowed", account={"allowed_ips": []}),
)
PHONE_INVALID, PHONE_BLOCKED = (
    Fault("phone_invalid", {"Phone": "12"}),
    Fault("phone_blocked", account={"blocked_phones": ["0901888484"]}),
)
NO_PRICE, NO_MONEY = (
    Fault("no_price_list", account={"price": None}),
    Fault("not_enough_balance", account={"balance": 849}),
)
WORD = Fault("keyword_blocked", account={"blocked_words": ["minh"]})
TEMPLATE = "{P1,8} la ma xac minh dang ky Baotrixemay cua ban"
CARRIER = Fault(
    "carrier_not_registered",
    account={"brandnames": [{"name": "Baotrixemay", "templates": [TEMPLATE], "carriers": []}]},
)
MESSAGE = (
    *CALLER,
    Fault("type_not_supported", {"SmsType": "1"}),
    Fault("several_phones", {"Phone": "0901888484,0918238965"}),
    PHONE_INVALID,
    PHONE_BLOCKED,
    Fault("brandname_unknown", {"Brandname": "x"}),
    Fault("duplicate_request", {"RequestId": "used"}),
    NO_PRICE,
    NO_MONEY,
    Fault("template_mismatch", {"Content": "minh"}),
    WORD,
    CARRIER,
)
V5 = (
    *CALLER,
    Fault("type_not_supported", {"TypeId": "3"}),
    PHONE_INVALID,
    PHONE_BLOCKED,
    Fault("template_not_configured", {"MultiChannelTempId": "1"}),
    Fault("brandname_unknown", account={"brandnames": []}),
    Fault("oa_unknown", account={"official_accounts": []}),
    Fault("oa_inactive", account={"official_accounts": [{"id": OA, "active": False, "templates": [ZNS]}]}),
    Fault("zns_template_wrong", account={"official_accounts": [{"id": OA}]}),
    NO_PRICE,
    NO_MONEY,
    Fault("template_mismatch", account={"multi_channel_templates": [{**PAIR, "text": "minh {OTP}"}]}),
    WORD,
    CARRIER,
)
CHANNELS = (
    *CALLER,
    Fault("channels_invalid", {"Channels": "sms,zalo"}),
    Fault("type_not_supported", sms={"SmsType": "1"}),
    PHONE_INVALID,
    PHONE_BLOCKED,
    Fault("brandname_unknown", sms={"Brandname": "x"}),
    Fault("oa_or_template_missing", zalo={"OAID": None}),
    Fault("oa_unknown", zalo={"OAID": "1"}),
    Fault("oa_inactive", account={"official_accounts": [{"id": OA, "active": False, "templates": [ZNS]}]}),
    Fault("template_not_configured", zalo={"TempID": "1"}),
    Fault("params_invalid", zalo={"Params": []}),
    Fault("over_quota_not_allowed", zalo={"SendingMode": "3"}),
    Fault("duplicate_request", zalo={"RequestId": "used"}),
    NO_PRICE,
    NO_MONEY,
    Fault("template_mismatch", sms={"Content": "minh"}),
    WORD,
    CARRIER,
)


def pairs(faults: Sequence[Fault]) -> list[Any]:
    """Give all pairs in the order of the checks, but for those that one request cannot have."""
    return [
        pytest.param(first, second, id=f"{first.cause}-{second.cause}")
        for first, second in combinations(faults, 2)
        if not any(
            getattr(first, part).keys() & getattr(second, part).keys() for part in ("fields", "account", "zalo", "sms")
        )
        and (first.cause, second.cause) != ("no_price_list", "not_enough_balance")
    ]


async def cause_of(lane: Lane, name: str, *faults: Fault) -> str:
    """Make a call with faults, and give the cause that it was refused for."""
    used = Accepted(lane.now, "1")
    await lane.write({(ACCEPTED, "esms used"): used})
    account, fields, zalo, sms = ({}, {}, {}, {})  # type: ignore[var-annotated]  # mixed values
    for fault in faults:
        account.update(fault.account)
        fields.update(fault.fields)
        zalo.update(fault.zalo)
        sms.update(fault.sms)
    lane.patch(**account)
    good = channels(zalo, sms) if name == MULTI_CHANNEL else FIELDS[name]
    await lane.reply(name, {**good, **fields})
    return lane.verdict.cause


@pytest.mark.parametrize("name", TRANSPORTS)
@pytest.mark.parametrize(("first", "second"), pairs(MESSAGE))
async def test_of_two_faults_of_a_message_the_first_is_told(lane: Lane, name: str, first: Fault, second: Fault) -> None:
    """On all four forms."""
    assert await cause_of(lane, name, first, second) == first.cause


@pytest.mark.parametrize(("first", "second"), pairs(V5))
async def test_of_two_faults_of_gencode_v5_the_first_is_told(lane: Lane, first: Fault, second: Fault) -> None:
    """Both channels before the money."""
    assert await cause_of(lane, GENCODE_V5, first, second) == first.cause


@pytest.mark.parametrize(("first", "second"), pairs(CHANNELS))
async def test_of_two_faults_of_two_channels_the_first_is_told(lane: Lane, first: Fault, second: Fault) -> None:
    """Data, then both channels, then RequestId and money, then the text."""
    assert await cause_of(lane, MULTI_CHANNEL, first, second) == first.cause


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        *(pytest.param(name, fault, id=f"{name}-{fault.cause}") for name in TRANSPORTS for fault in MESSAGE),
        *(pytest.param(GENCODE_V5, fault, id=fault.cause) for fault in V5),
        *(pytest.param(MULTI_CHANNEL, fault, id=fault.cause) for fault in CHANNELS),
    ],
)
async def test_each_fault_alone_is_told_and_changes_nothing(lane: Lane, name: str, fault: Fault) -> None:
    """No message, code, charge or event."""
    lane.patch(**fault.account)
    before = lane.account

    assert await cause_of(lane, name, fault) == fault.cause
    assert (await lane.messages(), await lane.codes(), await lane.due(), lane.account) == ([], [], [], before)


def test_the_data_of_the_good_call_are_json() -> None:
    """What the tests change is what the handler reads."""
    assert len(orjson.loads(channels()["Data"])) == 2
