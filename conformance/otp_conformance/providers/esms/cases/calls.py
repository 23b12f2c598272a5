"""Both operations of eSMS: keys, order of checks, spellings, methods, accounts."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import JSON, Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.esms.names import CHECKCODE, GENCODE, GET_SEND, JSON_SEND
from otp_conformance.providers.esms.steps import CODE, MESSAGES, send_code

authentication_case = partial(case, "esms", "authentication")
order_of_checks_case = partial(case, "esms", "order of checks")
spellings_case = partial(case, "esms", "spellings")
methods_case = partial(case, "esms", "methods")
lanes_case = partial(case, "esms", "lanes")


@authentication_case(
    rule="Both keys must be right; otherwise nothing else is looked at.",
    sources=["S2, tab 101"],
    tier=Tier.NOTHING,
    covers=["esms:authorize_failed"],
    kills=["esms.secret-ignored", "esms.key-ignored", "esms.authorized-late"],
    rows={
        f"{name}-{operation}": (full, changes)
        for operation, full in (("gencode", GENCODE), ("checkcode", CHECKCODE))
        for name, changes in {
            "wrong-key": {"ApiKey": "nobody"},
            "wrong-secret": {"SecretKey": "wrong"},
            "no-key": {"ApiKey": None},
            "no-secret": {"SecretKey": None},
            "empty-secret": {"SecretKey": ""},
            "all-wrong-at-once": {"SecretKey": "wrong", "Phone": "1", "Type": None},
        }.items()
    },
)
async def keys(esms: Driver, operation: str, changes: dict[str, str | None]) -> None:
    answer = await esms.call(operation, **changes)

    equal(answer.text, '{"CodeResult":"101","CountRegenerate":0,"ErrorMessage":"Authorize Failed"}', "body")


@order_of_checks_case(
    rule="Of two things that are wrong the one that is checked first is told.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms:type_missing", "esms:phone_invalid", "esms:brandname_unknown"],
    kills=["esms.order-type-phone", "esms.order-phone-brandname", "esms.order-brandname-template"],
    rows={
        "type-before-phone": ({"Type": None, "Phone": "1"}, "type_missing"),
        "phone-before-brandname": ({"Phone": "1", "Brandname": "x"}, "phone_invalid"),
        "brandname-before-template": ({"Brandname": "x", "message": "x"}, "brandname_unknown"),
    },
)
async def order(esms: Driver, changes: dict[str, str | None], outcome: str) -> None:
    expect(await esms.call(GENCODE, **changes), outcome)


@order_of_checks_case(
    rule="Money comes before the template.",
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["esms:not_enough_balance"],
)
async def money_before_template(esms: Driver) -> None:
    await esms.account(balance=0)

    expect(await esms.call(GENCODE, message="x"), "not_enough_balance")


@spellings_case(
    rule="Paths are found with doubled slashes, with one at the end, and in any case.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:code_invalid"],
    rows={
        "double-slash": ("/MainService.svc/json//CheckCodeGen_V4_get",),
        "slash-first": ("//MainService.svc/json/CheckCodeGen_V4_get",),
        "slash-last": ("/MainService.svc/json/CheckCodeGen_V4_get/",),
        "small-letters": ("/mainservice.svc/json/CheckCodeGen_V4_get",),
    },
)
async def paths(esms: Driver, path: str) -> None:
    answer = await esms.request(CHECKCODE, esms.fields(CHECKCODE, {}), path=path)

    expect(answer, "code_invalid")


@spellings_case(
    rule="Parameter names match in any case.",
    level=Level.SHOULD,
    tier=Tier.READS,
    choices={"esms.parameter-names": "any-case"},
    covers=["esms.parameter-names=any-case", "esms:code_invalid"],
    rows={"capitals": (str.upper,), "small": (str.lower,)},
)
async def names(esms: Driver, spelled: object) -> None:
    fields = {spelled(name): value for name, value in esms.fields(CHECKCODE, {}).items()}  # type: ignore[operator]  # a method of str

    expect(await esms.request(CHECKCODE, fields), "code_invalid")


@spellings_case(
    rule="Names and switches may be as clients write them: APIKey, Secretkey, SMSTYPE, sandbox, IsUnicode=false.",
    sources=["SM O2"],
    choices={"esms.parameter-names": "any-case", "esms.sandbox-checks": "no-template"},
    covers=["esms.parameter-names=any-case", "esms.parameter-names", "esms:accepted"],
    rows={"get": (GET_SEND, None), "json": (JSON_SEND, JSON)},
)
async def spellings_of_clients(esms: Driver, name: str, body_as: str | None) -> None:
    spelled = {"ApiKey": "APIKey", "SecretKey": "Secretkey", "SmsType": "SMSTYPE"}
    fields = {spelled.get(field, field): value for field, value in esms.fields(name, {}).items()}
    fields |= {"sandbox": "1", "IsUnicode": "false", "Content": "khong co mau"}

    expect(await esms.request(name, fields, body_as=body_as), "accepted")


@spellings_case(
    rule="A cookie changes nothing.",
    sources=["SM O1"],
    covers=["esms.cookie", "esms:accepted"],
    rows={"get": (GET_SEND, None), "json": (JSON_SEND, JSON)},
)
async def cookie(esms: Driver, name: str, body_as: str | None) -> None:
    headers = {"Cookie": "ASP.NET_SessionId=abcdefghijklmnopqrstuvwx"}

    expect(await esms.request(name, esms.fields(name, {}), body_as=body_as, headers=headers), "accepted")


@spellings_case(
    rule="Raw UTF-8 in a query is read as if it was percent-encoded.",
    sources=["SM O2"],
    needs=MESSAGES,
    covers=["esms.raw-utf-8", "esms:accepted"],
)
async def raw_utf_8(esms: Driver) -> None:
    text = "Mã-xác-minh-của-bạn-là-1234-😀"
    fields = esms.fields(GET_SEND, {"Brandname": "Sandbox", "Content": None})
    query = "&".join(f"{name}={quote(value)}" for name, value in fields.items()) + f"&Content={text}"

    expect(await esms.request(GET_SEND, {}, query=query), "accepted")
    equal([each["text"] for each in await esms.messages()], [text], "texts")


@spellings_case(
    rule="Where names are exact, a key in another spelling is none.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.parameter-names": "exact"},
    covers=["esms.parameter-names=exact", "esms:authorize_failed"],
)
async def exact_names(esms: Driver) -> None:
    fields = {name.lower(): value for name, value in esms.fields(CHECKCODE, {}).items()}

    expect(await esms.request(CHECKCODE, fields), "authorize_failed")


@spellings_case(
    rule="The placeholder may come raw or encoded, blanks as a plus or as %20.",
    sources=["S2, sample call"],
    covers=["esms:accepted"],
    kills=["esms.undecoded"],
    rows={
        "raw-braces": ("{OTP}%20la%20ma%20xac%20minh%20dang%20ky%20Baotrixemay%20cua%20ban",),
        "encoded": ("%7BOTP%7D%20la%20ma%20xac%20minh%20dang%20ky%20Baotrixemay%20cua%20ban",),
        "plus": ("%7BOTP%7D+la+ma+xac+minh+dang+ky+Baotrixemay+cua+ban",),
    },
)
async def encodings(esms: Driver, text: str) -> None:
    fields = esms.fields(GENCODE, {"message": None})
    query = "&".join(f"{name}={value}" for name, value in fields.items()) + f"&message={text}"

    expect(await esms.request(GENCODE, {}, query=query), "accepted")


@spellings_case(
    rule="%uNNNN in a query is six characters, of which no phone is made.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"esms.percent-u": "kept"},
    covers=["esms.percent-u=kept", "esms:phone_invalid"],
)
async def percent_u_kept(esms: Driver) -> None:
    expect(await esms.request(GENCODE, {}, query=_phone_by_escape(esms)), "phone_invalid")


@spellings_case(
    rule="Where %uNNNN is read, it is the character that JavaScript's escape has written so.",
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"esms.percent-u": "read"},
    covers=["esms.percent-u=read", "esms:accepted"],
)
async def percent_u_read(esms: Driver) -> None:
    expect(await esms.request(GENCODE, {}, query=_phone_by_escape(esms)), "accepted")


def _phone_by_escape(esms: Driver) -> str:
    fields = esms.fields(GENCODE, {})
    fields["Phone"] = fields["Phone"].replace("0", "%u0030", 1)
    return "&".join(f"{name}={quote(str(value), safe='%')}" for name, value in fields.items())


@methods_case(
    rule="The operations are GET only.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.get-only"],
    rows={"post": ("POST",), "put": ("PUT",), "delete": ("DELETE",)},
)
async def methods(esms: Driver, method: str) -> None:
    answer = await esms.request(CHECKCODE, esms.fields(CHECKCODE, {}), method=method)

    equal(answer.status, 405, "HTTP status")


@lanes_case(
    rule="A code of one account is not accepted for another.",
    needs=[*CODE, Feature.LANES],
    covers=["esms:code_invalid"],
    kills=["esms.shared-codes"],
)
async def other_account(esms: Driver) -> None:
    code = await send_code(esms)
    async with esms.stranger() as stranger:
        answer = await stranger.call(CHECKCODE, Code=code)

    expect(answer, "code_invalid")
    true(bool(code), "a code", code)
