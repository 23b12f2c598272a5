"""What the suite cannot see of Zalo questions and registrations: bounds, odd accounts, what is told of a patch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.providers.esms.conftest import ESMS

from otp_sandbox.contract import Dialect, EventContext
from otp_sandbox.domain.record import replace
from otp_sandbox.providers.esms.account import new_account
from otp_sandbox.providers.esms.registrations import tell_of_templates
from otp_sandbox.providers.esms.zns_templates import ZnsRegistration, ZnsTemplate

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

OA = "4097311281936189049"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEMPLATE = "RegisZNSTemplateJson"
FIELDS = {"OAID": OA, "SmsType": "24", "ImageUrl": "x", "Content": "Xin chao <name>"}
CONTEXT = EventContext(1, Dialect(ESMS.spec, {}))


async def ask(lane: Lane, name: str, **fields: str) -> Any:
    return json.loads(await lane.call(name, **fields))


def registered(lane: Lane) -> list[ZnsTemplate]:
    (oa,) = lane.account.official_accounts
    return [each for each in oa.templates if each.registration is not None]


async def test_an_official_account_keeps_the_newest_registered_templates(lane: Lane) -> None:
    """Whoever registers for ever fills no memory; templates that a test gave it stay."""
    for number in range(203):
        await ask(lane, TEMPLATE, **{**FIELDS, "Content": f"<a> {number}"})

    (oa,) = lane.account.official_accounts
    assert [each.text for each in registered(lane)] == [f"<a> {number}" for number in range(3, 203)]
    assert oa.templates[0].id == "205644"


@pytest.mark.parametrize(("length", "code"), [(4_000, "100"), (4_001, "110")])
async def test_a_text_may_be_so_long(lane: Lane, length: int, code: str) -> None:
    """The bound is the sandbox's own."""
    assert (await ask(lane, TEMPLATE, **{**FIELDS, "Content": "a" * length}))["CodeResult"] == code


async def test_a_template_keeps_a_bounded_part_of_what_else_was_sent(lane: Lane) -> None:
    """Long buttons are cut, and fifty variables have a length."""
    content = "".join(f"<v{number}>" for number in range(150))
    await ask(lane, TEMPLATE, **{**FIELDS, "Content": content, "CTA1": "a" * 9_000})

    (template,) = registered(lane)
    assert [len(each.title) for each in template.buttons] == [200]
    assert (template.places, len(template.parameters or ())) == (150, 50)


async def test_where_every_account_is_known_nothing_is_kept(lane: Lane) -> None:
    """A registration is answered all the same, as often as it comes."""
    lane.patch(official_accounts=None)

    answers = [await ask(lane, TEMPLATE, **FIELDS) for _ in range(2)]

    assert [each["CodeResult"] for each in answers] == ["100", "100"]
    assert lane.account.official_accounts is None
    assert (await ask(lane, "GetListZOA"))["ZOAList"] == []
    assert (await ask(lane, "GetTemplate", SmsType="24", OAId="7"))["ZNSTemplates"] == []
    details = await ask(lane, "GetZnsTemplateInfo", OAId="7", TemplateId="abc")
    assert (details["Data"]["TemplateId"], details["Error"]) == (0, 0)


@pytest.mark.parametrize("followers", [None, []])
async def test_where_every_user_is_known_none_is_listed(lane: Lane, followers: Any) -> None:
    """Nobody could list all of them."""
    lane.patch(followers=followers)

    answer = await ask(lane, "GetFollowers", OAID=OA, Offset="0", Count="50")

    assert (answer["Followers"], answer["Total"]) == ([], 0)


async def test_an_instant_without_offset_is_vietnamese(lane: Lane) -> None:
    """The account takes such instants; they are no reason to fail."""
    user = {"official_account": OA, "uid": "1", "last_interaction": "2026-03-01T23:59:59"}
    rating = {"official_account": OA, "template": "205644", "message_id": "m", "rate": 1}
    lane.patch(followers=[user], ratings=[{**rating, "submitted_at": "2026-03-01T07:00:00"}])
    page = {"OAID": OA, "Offset": "0"}

    users = await ask(lane, "QueryListUID", **page, Count="1", FromDate="01/03/2026", ToDate="01/03/2026")
    period = {"FromTime": "2026-03-01 07:00:00", "ToTime": "2026-03-01 07:00:00"}
    ratings = await ask(lane, "GetRating", **page, Limit="1", TemplateID="205644", **period)

    assert users["Data"]["Users"] == ["1"]
    assert [each["submitDate"] for each in ratings["Data"]] == ["1772323200000"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("pending", "approved", ["2"]),
        ("pending", "rejected", ["0"]),
        ("rejected", "approved", ["2"]),
        ("approved", "approved", []),
        ("approved", "pending", []),
        ("approved", "disabled", []),
        ("pending", "deleted", []),
    ],
)
def test_a_patch_tells_of_what_it_approves_or_rejects(before: Any, after: Any, told: list[str]) -> None:
    """Only where the state has changed, and of states that the callback has a number for."""
    account = new_account()
    (oa,) = account.official_accounts or ()
    template = ZnsTemplate("7", "a", status=before, registration=ZnsRegistration(9, "http://127.0.0.1:1/x"))
    old = account.with_official_account(oa.with_template(template))
    new = account.with_official_account(oa.with_template(replace(template, status=after)))

    urls = [each.url for each in tell_of_templates(old, new, CONTEXT, NOW)]

    assert urls == [f"http://127.0.0.1:1/x?ServicePreviewId=9&Status={status}" for status in told]
    assert not list(tell_of_templates(account, new, CONTEXT, NOW)), "one that a patch made is told by nobody"


async def test_nothing_approves_a_package_by_itself_unless_that_is_chosen(lane: Lane) -> None:
    """Then it does, a minute later."""
    fields = {"OAID": OA, "Package": "1", "Duaration": "6", "Dateactive": "2026-04-01"}
    states = []
    for choice in ("by-test", "by-itself"):
        lane.choose(zalo_registration_life=choice)
        await ask(lane, "RegisOAPackageJson", **{**fields, "Duaration": str(len(states) + 1)})
        await lane.settle(seconds=60)
        states.append(lane.account.official_accounts[0].package.status)

    assert states == ["pending", "approved"]
