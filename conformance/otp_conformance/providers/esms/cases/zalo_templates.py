"""What eSMS tells of Zalo templates: their list, their details, their ratings."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import OA, ZNS_TEMPLATE
from otp_conformance.providers.esms.steps import ACCOUNTS, TEMPLATES
from otp_conformance.recipe import Recipe

zalo_case = partial(case, "esms", "zalo templates", tier=Tier.READS, needs=ACCOUNTS)

DETAILS = "GetZnsTemplateInfo"
RATING = "GetRating"
NAME = "Xác nhận đăng ký dịch vụ"
OTP = {"name": "otp", "max_length": 10}
MEMBERS = "esms.zns-template-members"


async def have(esms: Driver, *templates: dict[str, Any]) -> None:
    """Let the Official Account have these templates, and another one a template that nobody asks about."""
    other = {"id": "2", "templates": [{"id": "1", "text": "<other>"}]}
    await esms.account(official_accounts=[other, {"id": OA, "templates": list(templates)}])


async def _list_zalo(esms: Driver) -> str:
    text = '<div class="group-desc"><otp></div>'
    await have(esms, {"id": ZNS_TEMPLATE, "text": text, "name": NAME, "parameters": [OTP]})
    return (await esms.call(TEMPLATES, SmsType="24", OAId=OA, Brandname=None)).text


async def _ask_details(esms: Driver) -> str:
    lengths = {"customer_name": 100, "product_name": 100, "order_code": 30, "date": 30}
    template = {
        "id": "267247",
        "text": "<customer_name>",
        "name": "Đánh giá dịch vụ - text",
        "parameters": [{"name": name, "max_length": most} for name, most in lengths.items()],
        "buttons": [{"title": "Quan tâm OA", "content": f"https://oa.zalo.me/{OA}", "type": 2}],
        "preview_url": "https://account.zalo.cloud/znspreview/NqFkYJ14yilzdlAXteG_rQ==",
        "reason": "Template đã được duyệt",
    }
    await have(esms, template)
    return (await esms.call(DETAILS, TemplateId="267247")).text


async def _ask_old_details(esms: Driver) -> str:
    template = {
        "id": ZNS_TEMPLATE,
        "text": "<otp>",
        "name": NAME,
        "parameters": [OTP],
        "tag": "OTP",
        "quality": "UNDEFINED",
        "preview_url": "https://zns.oa.zalo.me/znspreview/SZk01CLsjXTYpn_B4agO0g==",
        "timeout_ms": 15_000,
    }
    await have(esms, template)
    return (await esms.call(DETAILS)).text


SENTENCES = [
    "Nhân viên tư vấn nhiệt tình, thái độ vui vẻ, dễ thương",
    "Chính sách hỗ trợ rõ ràng, đầy đủ và dễ hiểu",
    "Chất lượng sản phẩm rất tốt",
    "Giao hàng nhanh",
    "Dịch vụ chăm sóc rất tốt",
]


def rating(message_id: str, at: str = "2022-08-06T01:44:36.218Z", **members: Any) -> dict[str, Any]:
    """Make a rating."""
    told = {"official_account": OA, "template": ZNS_TEMPLATE, "message_id": message_id, "rate": 5, "submitted_at": at}
    return {**told, **members}


async def _list_ratings(esms: Driver) -> str:
    await esms.account(ratings=[rating("5dcf84fe1fd8bd85e4ca", feedbacks=SENTENCES)])
    return (await esms.call(RATING)).text


_NEEDS = frozenset(ACCOUNTS)
SAMPLES = {
    f"{TEMPLATES}/templates_told.zalo": Recipe(_list_zalo, needs=_NEEDS),
    f"{DETAILS}/zns_template_told": Recipe(_ask_details, needs=_NEEDS, choices={MEMBERS: "buttons"}),
    f"{DETAILS}/zns_template_told.old": Recipe(_ask_old_details, needs=_NEEDS, choices={MEMBERS: "quota"}),
    f"{RATING}/zalo_told": Recipe(_list_ratings, needs=_NEEDS),
}
"""How the published bodies come about."""


@zalo_case(
    rule="Only approved Zalo templates are listed, those of the type that is asked for and those of none.",
    covers=["esms:templates_told", "esms.templates-zalo", "esms.templates-zalo-type"],
    rows={"priority": ("24", [1, 24]), "normal": ("25", [1, 25])},
)
async def listed(esms: Driver, kind: str, found: list[int]) -> None:
    states = ("pending", "rejected", "disabled", "deleted")
    others = [{"id": f"9{number}", "text": "a", "status": each} for number, each in enumerate(states)]
    types = [{"id": str(each), "text": "a", "sms_type": each, "name": "A"} for each in (24, 25)]
    await have(esms, {"id": "1", "text": "a", "name": "A"}, *types, *others)
    templates = ",".join(f'{{"TempContent":"a","TempId":{each},"TempName":"A","ZNSTempDetail":[]}}' for each in found)
    equal(
        (await esms.call(TEMPLATES, SmsType=kind, OAId=OA)).text,
        f'{{"CodeResult":"100","ErrorMessage":"success","ZNSTemplates":[{templates}]}}',
        "body",
    )


@zalo_case(
    rule="A listed Zalo template has its variables in their order, with length and type.",
    covers=["esms:templates_told", "esms.templates-zalo"],
)
async def listed_variables(esms: Driver) -> None:
    kinds = ("number", "date", "text", "cta_url")
    parameters = [{"name": each, "type": each, "max_length": 7 + n} for n, each in enumerate(kinds)]
    await have(esms, {"id": "1", "text": "<text> <date>", "parameters": parameters})
    answer = await esms.call(TEMPLATES, SmsType="25", OAId=OA)
    (template,) = answer.json["ZNSTemplates"]
    equal(template["TempContent"], "{{text}} {{date}}", "text")
    found = [(each["Param"], each["RequireType"], each["Limit"]) for each in template["ZNSTempDetail"]]
    equal(found, [(each, f"type_{each}", 7 + n) for n, each in enumerate(kinds)], "variables")


@zalo_case(
    rule="A list of Zalo templates goes by the Official Account, one of those for SMS by the sender name.",
    level=Level.SHOULD,
    covers=[
        "esms:templates_told",
        "esms:oa_or_template_missing",
        "esms:oa_unknown",
        "esms.templates-zalo-refused",
    ],
    rows={
        "no-name": ({"SmsType": "24", "OAId": OA, "Brandname": None}, "templates_told"),
        "wrong-name": ({"SmsType": "25", "OAId": OA, "Brandname": "x"}, "templates_told"),
        "no-account": ({"SmsType": "25", "Brandname": None}, "oa_or_template_missing"),
        "wrong-account": ({"SmsType": "25", "OAId": "1", "Brandname": None}, "oa_unknown"),
        "sms": ({"SmsType": "2", "OAId": "1"}, "templates_told"),
    },
)
async def whose(esms: Driver, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(TEMPLATES, **changes), outcome)


@zalo_case(
    rule="The details of a template are told in each state, under a number that is no CodeResult.",
    covers=["esms:zns_template_told", "esms.zns-template-states", "esms.zns-template-code", f"{MEMBERS}=buttons"],
    choices={MEMBERS: "buttons"},
    rows={
        "approved": ("approved", "ENABLE"),
        "pending": ("pending", "PENDING_REVIEW"),
        "rejected": ("rejected", "REJECT"),
        "disabled": ("disabled", "DISABLE"),
        "deleted": ("deleted", "DELETE"),
    },
)
async def states(esms: Driver, state: str, status: str) -> None:
    parameters = [
        {"name": "a", "type": "number", "min_length": 2, "required": False},
        {"name": "b", "type": "date", "accepts_empty": True},
    ]
    await have(esms, {"id": "7", "text": "", "status": state, "parameters": parameters, "reason": "So"})
    answer = await esms.call(DETAILS, TemplateId="7")
    variable = '{{"AcceptNull":{},"MaxLength":100,"MinLength":{},"Name":"{}","Require":{},"Type":"{}"}}'
    variables = [
        variable.format(*each) for each in (("false", 2, "a", "false", "NUMBER"), ("true", 0, "b", "true", "DATE"))
    ]
    equal(
        answer.text,
        f'{{"Data":{{"ListButtons":[],"ListParams":[{",".join(variables)}],"PreviewUrl":"","Reason":"So",'
        f'"Status":"{status}","TemplateId":7,"TemplateName":"","TemplateQuality":"null","TemplateTag":"TRANSACTION",'
        '"Timeout":7200000},"Error":0,"Message":"Success"}',
        "body",
    )


@zalo_case(
    rule="As older pages have it, the details tell a quota that is not in force, and neither buttons nor reason.",
    level=Level.SHOULD,
    needs=[*ACCOUNTS, Feature.CHOICES],
    choices={MEMBERS: "quota"},
    covers=["esms:zns_template_told", f"{MEMBERS}=quota"],
)
async def old_details(esms: Driver) -> None:
    await have(esms, {"id": ZNS_TEMPLATE, "text": ""})
    equal(
        (await esms.call(DETAILS)).text,
        '{"Data":{"ApplyTemplateQuota":false,"ListParams":[],"PreviewUrl":"","Status":"ENABLE",'
        '"TemplateDailyQuota":null,"TemplateId":205644,"TemplateName":"","TemplateQuality":"null",'
        '"TemplateRemainingQuota":null,"TemplateTag":"TRANSACTION","Timeout":7200000},"Error":0,"Message":"Success"}',
        "body",
    )


@zalo_case(
    rule="A refusal of the details has either the members of other queries or those of the success.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    covers=["esms:authorize_failed", "esms.zns-template-refused=error"],
    choices={"esms.zns-template-refused": "error"},
)
async def refused_by_error(esms: Driver) -> None:
    equal((await esms.call(DETAILS, SecretKey="wrong")).text, '{"Error":101,"Message":"Authorize Failed"}', "body")


@zalo_case(
    rule="A template of another Official Account is unknown; one without an id is missing.",
    level=Level.SHOULD,
    covers=["esms:template_not_configured", "esms:oa_or_template_missing", "esms.zns-template-unknown"],
    rows={name: (name, field) for name, field in ((DETAILS, "TemplateId"), (RATING, "TemplateID"))},
)
async def foreign_template(esms: Driver, name: str, field: str) -> None:
    await have(esms, {"id": ZNS_TEMPLATE, "text": ""})
    expect(await esms.call(name, **{field: "1"}), "template_not_configured")
    expect(await esms.call(name, **{field: None}), "oa_or_template_missing")


@zalo_case(
    rule="The ratings of a template in the period are told page by page, with how many there are in all.",
    covers=["esms:zalo_told", "esms.ratings", "esms.ratings-order"],
    kills=["esms.ratings-of-all"],
    rows={
        "all": ({}, ["b", "a", "c", "d"]),
        "first": ({"Limit": 2}, ["b", "a"]),
        "next": ({"Offset": "2", "Limit": "50"}, ["c", "d"]),
        "behind": ({"Offset": 4}, []),
        "far-behind": ({"Offset": 1_000_000}, []),
    },
)
async def ratings(esms: Driver, changes: dict[str, Any], found: list[str]) -> None:
    held = {
        "b": "2022-07-31T17:00:00Z",
        "a": "2022-08-30T00:00:00Z",
        "c": "2022-08-31T16:59:59.999Z",
        "d": "2022-08-05T00:00:00Z",
        "before": "2022-07-31T16:59:59.999Z",
        "after": "2022-08-31T17:00:00Z",
    }
    others = [rating("e", template="1"), rating("f", official_account="2")]
    await esms.account(ratings=[*others, *(rating(name, at) for name, at in held.items())])
    period = {"FromTime": "2022-08-01 00:00:00", "ToTime": "2022-08-31 23:59:59"}
    answer = expect(await esms.call(RATING, **period, **changes), "zalo_told").json
    equal([each["msgId"] for each in answer["Data"]], found, "page")
    equal(answer["Total"], 4, "total")


@zalo_case(
    rule="A rating has the stars, the note, and the RequestId of its message.",
    covers=["esms:zalo_told", "esms.ratings"],
)
async def rating_members(esms: Driver) -> None:
    await esms.account(ratings=[rating("m", rate=2, note="x", tracking_id="r-1")])
    (found,) = (await esms.call(RATING)).json["Data"]
    told = {"feedbacks": [], "msgId": "m", "note": "x", "rate": 2, "submitDate": "1659750276218", "trackingId": "r-1"}
    equal(found, told, "rating")


@zalo_case(
    rule="A time may be a day alone, with slashes too; what is none is refused, as is a page out of bounds.",
    level=Level.SHOULD,
    needs=[],
    covers=[
        "esms:from_time_invalid",
        "esms:to_time_invalid",
        "esms:limit_invalid",
        "esms:paging_invalid",
        "esms.ratings-dates",
        "esms.ratings-page",
    ],
    rows={
        "slashes": ({"FromTime": "2022/08/01", "ToTime": "2022-08-02"}, "zalo_told"),
        "from-no-day": ({"FromTime": "2022-02-30"}, "from_time_invalid"),
        "from-european": ({"FromTime": "01/08/2022"}, "from_time_invalid"),
        "to-word": ({"ToTime": "now"}, "to_time_invalid"),
        "limit-least": ({"Limit": 1}, "zalo_told"),
        "limit-none": ({"Limit": 0}, "limit_invalid"),
        "limit-most": ({"Limit": 50}, "zalo_told"),
        "limit-more": ({"Limit": 51}, "limit_invalid"),
        "limit-word": ({"Limit": "all"}, "limit_invalid"),
        "offset-below": ({"Offset": -1}, "paging_invalid"),
        "offset-word": ({"Offset": "x"}, "paging_invalid"),
    },
)
async def rating_bounds(esms: Driver, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(RATING, **changes), outcome)


@zalo_case(
    rule="A day alone is its begin: a rating later on the last day is not told.",
    level=Level.SHOULD,
    covers=["esms:zalo_told", "esms.ratings-dates"],
)
async def day_is_its_begin(esms: Driver) -> None:
    await esms.account(ratings=[rating("a", "2022-08-01T17:00:00Z"), rating("b", "2022-08-01T17:00:01Z")])
    answer = await esms.call(RATING, FromTime="2022/08/02", ToTime="2022/08/02")
    equal([each["msgId"] for each in answer.json["Data"]], ["a"], "ratings")
