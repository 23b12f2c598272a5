"""What good calls of Amoot need before them, and what makes its queries answer otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.providers.amoot.names import LABEL, PHONE
from otp_conformance.rooms import Step

_LATER: Final = "2098-01-01 00:00:00"
_AFTER_THAT: Final = "2099-01-01T00:00:00Z"


async def _send(amoot: Driver) -> Mapping[str, Any]:
    sent = expect(await amoot.call("SendSimple"), "success").json
    number = sent["Data"][0]["MessageID"]
    return {"MessageID": number, "ListMessageID": number, "CampaignID": sent["CampaignID"]}


async def _send_later(amoot: Driver) -> Mapping[str, Any]:
    sent = expect(await amoot.call("SendSimple", SendDateTime=_LATER), "success").json
    return {"MessageID": sent["Data"][0]["MessageID"]}


async def _let_time_pass(amoot: Driver) -> Mapping[str, Any]:
    await amoot.stop_clock(_AFTER_THAT)
    return {}


async def _let_fail(amoot: Driver) -> Mapping[str, Any]:
    await amoot.bring_into("failed", (await amoot.messages())[-1]["id"])
    return {}


async def _let_come_in(amoot: Driver) -> Mapping[str, Any]:
    message = {"provider": "amoot", "from": "9120000000", "to": "30001234", "text": "Test"}
    await amoot.control("POST", "/inbound", message)
    return {}


async def _create_pattern(amoot: Driver) -> Mapping[str, Any]:
    expect(await amoot.call("PatternCodeCreate"), "success")
    return {}


async def create_contact(amoot: Driver) -> Mapping[str, Any]:
    """Make a contact with a label."""
    made = expect(await amoot.call("ContactCreate", Labels=LABEL), "success").json
    return {"ContactID": made["Data"]["ID"]}


async def _edit_newest(amoot: Driver) -> Mapping[str, Any]:
    newest = expect(await amoot.call("ContactListUpdates"), "success").json["Data"][-1]["ID"]
    expect(await amoot.call("ContactEdit", ContactID=newest, CityName="تهران"), "success")
    return {}


async def _create_course(amoot: Driver) -> Mapping[str, Any]:
    return {"CourseID": expect(await amoot.call("CourseCreateSimple"), "success").json["CourseID"]}


CONTACT_MADE: Final = Step(create_contact)
_COURSE_MADE: Final = Step(_create_course)


def _create_relay(kind: str) -> Step:
    """Make the step that registers an address, and gives its number."""

    async def create(amoot: Driver) -> Mapping[str, Any]:
        number = f"{kind}ID"
        return {number: expect(await amoot.call(f"{kind}Create"), "success").json[number]}

    return Step(create)


def _change_account(**patch: Any) -> Step:
    """Make the step that changes the account."""

    async def change(amoot: Driver) -> Mapping[str, Any]:
        await amoot.account(**patch)
        return {}

    return Step(change, frozenset({Feature.ACCOUNTS}), sends=0)


_SENT: Final = Step(_send)
_SENT_LATER: Final = Step(_send_later)
_FAILED: Final = Step(_let_fail, frozenset({Feature.MESSAGES}), sends=0)
_CAME_IN: Final = Step(_let_come_in, frozenset({Feature.RENTALS}), sends=0)

READY: Final = {
    "GetDelivery": _SENT,
    "GetDeliveries": _SENT,
    "GetDeliveriesByCampaignID": _SENT,
    "GetMessage": _SENT_LATER,
    "GetMessages": _SENT,
    "RecieveMessages": _CAME_IN,
    "RecieveNewMessages": _CAME_IN,
    **dict.fromkeys(
        (
            "ContactEdit",
            "ContactDelete",
            "ContactGet",
            "ContactList",
            "ContactListUpdates",
            "ContactSearch",
            "ContactGroupList",
            "ContactChangeLabel",
        ),
        CONTACT_MADE,
    ),
    **dict.fromkeys(("CourseList", "CourseSetActive"), _COURSE_MADE),
    "RelayMessageDeliverySetActive": _create_relay("RelayMessageDelivery"),
    "RelayRecieveMessageSetActive": _create_relay("RelayRecieveMessage"),
}
CHANGING: Final = {
    "AccountStatus": (_SENT,),
    "AccountInfo": (_SENT,),
    "GetDelivery": (_SENT, _FAILED),
    "GetDeliveries": (_SENT, _FAILED),
    "GetDeliveriesByCampaignID": (_SENT, _FAILED),
    "GetMessage": (_SENT_LATER, Step(_let_time_pass, frozenset({Feature.CLOCK}), sends=0)),
    "GetMessages": (_SENT,),
    "RecieveMessages": (_CAME_IN,),
    "PatternCodeList": (Step(_create_pattern),),
    "ContactGet": (CONTACT_MADE, Step(_edit_newest)),
    **dict.fromkeys(("ContactList", "ContactListUpdates", "ContactSearch", "ContactGroupList"), (CONTACT_MADE,)),
    "CourseList": (_COURSE_MADE,),
    "GetBankTree": (_change_account(banks=[]),),
    "CalculateMessagePrice": (_change_account(price=1),),
    "CalculatePatternMessagePrice": (_change_account(price=1),),
    "IsBlackList_ByCancelation": (_change_account(black_list=[PHONE]),),
    "RelayMessageDeliveryList": (_create_relay("RelayMessageDelivery"),),
    "RelayRecieveMessageList": (_create_relay("RelayRecieveMessage"),),
}
