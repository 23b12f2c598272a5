"""How the published bodies of the address book and the periodic sends of Amoot come about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.providers.amoot.names import LABEL
from otp_conformance.providers.amoot.ready import READY
from otp_conformance.recipe import Act, Recipe, call

_WHOM: Final = {"GenderType": "False", "CityName": "تهران", "BornDate": "1369-01-01"}
_NATIONAL: Final = {"amoot.contact-mobile": "national"}
_OWN: Final = frozenset({"ID", "UpdateDateTime"})
_ALONE: Final = frozenset({Feature.LANES})


def _after(name: str, **changes: Any) -> Act:
    """Make the act that makes what a call needs, and then the call."""

    async def act(amoot: Driver) -> str:
        fields = await READY[name].act(amoot)
        known = {key: value for key, value in fields.items() if key in amoot.operation(name).fields}
        return (await amoot.call(name, **{**known, **changes})).text

    return act


def _about_one(name: str, **changes: Any) -> Act:
    """Make the act that makes the contact of the samples, and asks for it."""

    async def act(amoot: Driver) -> str:
        made = expect(await amoot.call("ContactCreate", **_WHOM), "success").json["Data"]
        asked = {"ContactID": made["ID"]} if "ContactID" in amoot.operation(name).fields else {}
        return (await amoot.call(name, **asked, **changes)).text

    return act


async def _ask_empty_group(amoot: Driver) -> str:
    number = expect(await amoot.call("ContactCreate", Labels=LABEL), "success").json["Data"]["ID"]
    expect(await amoot.call("ContactDelete", ContactID=number), "success")
    return (await amoot.call("ContactGroupList")).text


def _made(act: Act, own: frozenset[str] = _OWN, needs: frozenset[Feature] = frozenset()) -> Recipe:
    return Recipe(act, own=own, needs=needs, tier=Tier.SENDS, choices=_NATIONAL)


SAMPLES: Mapping[str, Recipe] = {
    "ContactCreate/success": _made(call("ContactCreate", **_WHOM)),
    "ContactCreate/contact_id_invalid": Recipe(
        call("ContactCreate", Mobile="9000000113"), needs=_ALONE, tier=Tier.NOTHING
    ),
    "ContactEdit/success": _made(_about_one("ContactEdit", **_WHOM)),
    "ContactDelete/success": _made(_about_one("ContactDelete")),
    "ContactGet/success": _made(_about_one("ContactGet")),
    "ContactList/success": _made(_about_one("ContactList"), needs=_ALONE),
    "ContactListUpdates/success": _made(_about_one("ContactListUpdates"), needs=_ALONE),
    "ContactSearch/success": _made(_about_one("ContactSearch"), needs=_ALONE),
    "ContactGroupList/success": _made(_ask_empty_group, own=frozenset({"ContactGroupID"}), needs=_ALONE),
    "ContactChangeLabel/success": _made(_after("ContactChangeLabel")),
    "CourseCreateSimple/success": _made(call("CourseCreateSimple"), own=frozenset({"CourseID"})),
    "CourseCreateWithBackupLine/success": _made(call("CourseCreateWithBackupLine"), own=frozenset({"CourseID"})),
    "CourseList/success": _made(
        _after("CourseList"), own=frozenset({"CourseID", "CourseDateTime", "Title"}), needs=_ALONE
    ),
    "CourseSetActive/success": _made(_after("CourseSetActive")),
}
