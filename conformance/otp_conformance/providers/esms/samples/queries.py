"""How the published bodies of the operations that only tell something come about."""

from __future__ import annotations

from collections.abc import Mapping

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.esms.names import GENCODE
from otp_conformance.recipe import Recipe, call

OWN_ROW = frozenset({"Campaign", "Content", "CountTotal", "ReferenceId", "SellPrice", "SentTime", "SmsId"})
MOVED = frozenset({Feature.CLOCK, Feature.MESSAGES})


async def _ask_delivered(esms: Driver, operation: str) -> str:
    ref = (await esms.call(GENCODE)).json["SMSID"]
    await esms.advance("1m")
    return (await esms.call(operation, RefId=ref)).text


async def _ask_status(esms: Driver) -> str:
    return await _ask_delivered(esms, "GetSendStatus")


async def _ask_receivers(esms: Driver) -> str:
    return await _ask_delivered(esms, "GetSmsReceiverStatus_get")


async def _list_sent_data(esms: Driver) -> str:
    ref = (await esms.call(GENCODE)).json["SMSID"]
    await esms.bring_into("failed", ref)
    return (await esms.call("GetSmsSentData_V2")).text


SAMPLES: Mapping[str, Recipe] = {
    **{
        f"{name}/authorize_failed.page": Recipe(
            call(name, SecretKey="x"), tier=Tier.NOTHING, choices={"esms.balance-refused": "balance-only"}
        )
        for name in ("GetBalance_json", "GetBalance")
    },
    **{
        f"{name}/authorize_failed": Recipe(
            call(name, SecretKey="x"), tier=Tier.NOTHING, choices={"esms.balance-refused": "both-zeros"}
        )
        for name in ("GetBalance_json", "GetBalance")
    },
    "GetSendStatus/status_told": Recipe(
        _ask_status, own=frozenset({"SMSID", "TotalPrice"}), needs=MOVED, tier=Tier.WAITS
    ),
    "GetSendStatus/authorize_failed_bare": Recipe(
        call("GetSendStatus", SecretKey="x", RefId="47756317-0cbe-494a-9d02-c85703a1baff20"), tier=Tier.NOTHING
    ),
    # The sample's carrier is not the one that the numbering plan has for its phone (`esms.receiver-carrier`).
    "GetSmsReceiverStatus_get/receivers_told": Recipe(
        _ask_receivers, own=frozenset({"NetworkName"}), needs=MOVED, tier=Tier.WAITS
    ),
    "GetSmsSentData_V2/sent_data_told": Recipe(_list_sent_data, own=OWN_ROW, needs=MOVED, tier=Tier.SENDS),
}
