"""CHECKCODE: one-time use, lifetime, binding, supersede; and what both operations share."""

from __future__ import annotations

from conformance.case import Feature, Level, Tier, case
from conformance.driver import Driver
from conformance.expect import equal, expect, true

GENCODE = "SendMessageAutoGenCode_V4_get"
CHECKCODE = "CheckCodeGen_V4_get"
PHONE = "0901888484"
OTHER = "0912345678"
ANY_TEXT = {"Brandname": "Sandbox", "message": "{OTP}"}
CODE = [Feature.READ_CODE]


async def sent(esms: Driver, **changes: str | None) -> str:
    """Send a code and read it."""
    expect(await esms.call(GENCODE, **changes), "accepted")
    return await esms.code_sent_to(changes.get("Phone") or PHONE)


@case(
    "esms",
    "one-time use",
    rule="A code is accepted once; afterwards it is refused.",
    sources=["S2, tab 117", "Q8"],
    needs=CODE,
    covers=["esms:code_valid", "esms:code_invalid", "esms.one-time-use"],
    kills=["esms.never-consumed", "esms.always-accept", "esms.always-reject"],
)
async def second_try_is_refused(esms: Driver) -> None:
    code = await sent(esms)

    first = await esms.call(CHECKCODE, Code=code)
    second = await esms.call(CHECKCODE, Code=code)

    expect(first, "code_valid", phone=PHONE)
    expect(second, "code_invalid", phone=PHONE, code=code)


@case(
    "esms",
    "one-time use",
    rule="Of fifty checks at once exactly one is accepted.",
    sources=["Q8"],
    needs=[Feature.READ_CODE, Feature.CONCURRENCY],
    covers=["esms:code_valid", "esms:code_invalid"],
    kills=["esms.never-consumed"],
)
async def one_of_fifty(esms: Driver) -> None:
    code = await sent(esms)

    answers = await esms.at_once(CHECKCODE, 50, Code=code)

    equal(sum(answer.json["CodeResult"] == "100" for answer in answers), 1, "accepted checks")


@case(
    "esms",
    "one-time use",
    rule="Wrong tries change nothing: the right code is still accepted.",
    sources=["Q8"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.wrong-tries": "unlimited"},
    covers=["esms.wrong-tries=unlimited", "esms:code_valid"],
    kills=["esms.burnt-by-wrong-try", "esms.lock-out-always"],
)
async def wrong_tries_are_free(esms: Driver) -> None:
    code = await sent(esms)
    for _ in range(10):
        expect(await esms.call(CHECKCODE, Code="WRONG0"), "code_invalid", phone=PHONE, code="WRONG0")

    expect(await esms.call(CHECKCODE, Code=code), "code_valid")


@case(
    "esms",
    "one-time use",
    rule="With lock-out, the fifth wrong try makes the code dead, the fourth does not.",
    sources=["Q8"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.wrong-tries": "lock-out"},
    covers=["esms.wrong-tries=lock-out"],
    kills=["esms.lock-out-late", "esms.lock-out-never"],
    rows={"four": (4, "code_valid"), "five": (5, "code_invalid")},
)
async def lock_out(esms: Driver, tries: int, outcome: str) -> None:
    code = await sent(esms)
    for _ in range(tries):
        await esms.call(CHECKCODE, Code="WRONG0")

    expect(await esms.call(CHECKCODE, Code=code), outcome)


@case(
    "esms",
    "lifetime",
    rule="A code lives as many minutes as TimeAlive says, 2 to 10, five when it is not sent; at the end it is dead.",
    sources=["S2, TimeAlive", "Q6"],
    needs=[*CODE, Feature.CLOCK, Feature.CHOICES],
    choices={"esms.lifetime-range": "two-to-ten"},
    covers=["esms.lifetime-range=two-to-ten", "esms:code_valid", "esms:code_invalid"],
    kills=[
        "esms.lives-forever",
        "esms.lifetime-in-seconds",
        "esms.lifetime-inclusive",
        "esms.lifetime-short",
        "esms.default-lifetime",
        "esms.lifetime-max",
        "esms.lifetime-min",
    ],
    rows={
        f"{name}-{when}": (asked, by, outcome)
        for name, asked, before, at in (
            ("two", "2", "1m59s", "2m"),
            ("none", None, "4m59s", "5m"),
            ("ten", "10", "9m59s", "10m"),
            ("one-becomes-two", "1", "1m59s", "2m"),
            ("forty-five-becomes-ten", "45", "9m59s", "10m"),
            ("no-number-is-the-default", "soon", "4m59s", "5m"),
        )
        for when, by, outcome in (("before", before, "code_valid"), ("at", at, "code_invalid"))
    },
)
async def lifetime(esms: Driver, asked: str | None, by: str, outcome: str) -> None:
    code = await sent(esms, TimeAlive=asked)

    await esms.advance(by)

    expect(await esms.call(CHECKCODE, Code=code), outcome)


@case(
    "esms",
    "lifetime",
    rule="Under the older reading fifteen minutes are the most.",
    sources=["EN and OLD, TimeAlive", "Q6"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CLOCK, Feature.CHOICES],
    choices={"esms.lifetime-range": "two-to-fifteen"},
    covers=["esms.lifetime-range=two-to-fifteen"],
    kills=["esms.lifetime-max-old"],
    rows={"before": ("14m59s", "code_valid"), "at": ("15m", "code_invalid")},
)
async def older_lifetime(esms: Driver, by: str, outcome: str) -> None:
    code = await sent(esms, TimeAlive="45")

    await esms.advance(by)

    expect(await esms.call(CHECKCODE, Code=code), outcome)


@case(
    "esms",
    "lifetime",
    rule="Under the strict reading a lifetime outside the range is refused.",
    sources=["Q6", "Q3"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.lifetime-range": "strict"},
    covers=["esms.lifetime-range=strict", "esms:invalid_request"],
    kills=["esms.strict-status"],
    rows={"1": ("1",), "11": ("11",)},
)
async def strict_lifetime(esms: Driver, asked: str) -> None:
    expect(await esms.call(GENCODE, TimeAlive=asked), "invalid_request")


@case(
    "esms",
    "lifetime",
    rule="The unusable request may also be answered with HTTP 200.",
    sources=["Q3"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.lifetime-range": "strict", "esms.invalid-request-status": "200"},
    covers=["esms.invalid-request-status=200", "esms:invalid_request_ok"],
)
async def unusable_with_200(esms: Driver) -> None:
    answer = expect(await esms.call(GENCODE, TimeAlive="99"), "invalid_request_ok")

    equal(answer.text, '{"error":"Invalid request"}', "body")


@case(
    "esms",
    "supersede",
    rule="A new code takes the place of the one before.",
    sources=["Q10"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.second-code": "replace"},
    covers=["esms.second-code=replace"],
    kills=["esms.no-supersede"],
)
async def newer_code_wins(esms: Driver) -> None:
    old = await sent(esms)
    new = await sent(esms)

    expect(await esms.call(CHECKCODE, Code=old), "code_invalid", phone=PHONE, code=old)
    expect(await esms.call(CHECKCODE, Code=new), "code_valid")


@case(
    "esms",
    "supersede",
    rule="Where all live codes are kept, each is accepted once.",
    sources=["Q10"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.second-code": "keep-all"},
    covers=["esms.second-code=keep-all"],
    kills=["esms.always-supersede"],
)
async def all_codes_live(esms: Driver) -> None:
    codes = [await sent(esms), await sent(esms)]

    for code in codes:
        expect(await esms.call(CHECKCODE, Code=code), "code_valid")
    expect(await esms.call(CHECKCODE, Code=codes[0]), "code_invalid")


@case(
    "esms",
    "binding",
    rule="A code belongs to the phone that it was sent to, however that is spelled.",
    sources=["table 171", "Q7", "Q16"],
    needs=CODE,
    covers=["esms:code_valid", "esms:code_invalid"],
    kills=["esms.any-phone", "esms.phone-echo"],
    rows={
        "same": (PHONE, "code_valid"),
        "84": ("84901888484", "code_valid"),
        "dots": ("0901.888.484", "code_valid"),
        "another": (OTHER, "code_invalid"),
    },
)
async def phone(esms: Driver, spelling: str, outcome: str) -> None:
    code = await sent(esms)

    expect(await esms.call(CHECKCODE, Phone=spelling, Code=code), outcome, phone=spelling, code=code)


@case(
    "esms",
    "binding",
    rule="Codes are compared exactly: capitals count.",
    sources=["Q12"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.code-case": "exact"},
    covers=["esms.code-case=exact"],
    kills=["esms.any-case-code"],
)
async def case_counts(esms: Driver) -> None:
    code = await sent(esms, **ANY_TEXT, NumCharOfCode="20")

    expect(await esms.call(CHECKCODE, Code=code.lower()), "code_invalid")


@case(
    "esms",
    "binding",
    rule="Where case is ignored, a code in small letters is accepted.",
    sources=["Q12"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.code-case": "ignore"},
    covers=["esms.code-case=ignore"],
    kills=["esms.case-choice-ignored"],
)
async def case_is_ignored(esms: Driver) -> None:
    code = await sent(esms, **ANY_TEXT, NumCharOfCode="20")

    expect(await esms.call(CHECKCODE, Code=code.lower()), "code_valid")


@case(
    "esms",
    "refusal",
    rule="Wrong, never issued, missing or malformed: one answer for all, repeating phone and code as they were sent.",
    sources=["S2, tab 117", "Q7", "Q37"],
    tier=Tier.READS,
    covers=["esms:code_invalid"],
    kills=["esms.refusal-text", "esms.missing-code-differs", "esms.always-accept"],
    rows={
        "never-issued": ("0987654321", "1NTTJ6"),
        "malformed-phone": ("12", "1NTTJ6"),
        "empty-code": ("0987654321", ""),
        "no-code": ("0987654321", None),
        "no-phone": (None, "1NTTJ6"),
    },
)
async def one_answer_for_all(esms: Driver, spelling: str | None, code: str | None) -> None:
    answer = await esms.call(CHECKCODE, Phone=spelling, Code=code)

    expect(answer, "code_invalid", phone=spelling or "", code=code or "")


@case(
    "esms",
    "refusal",
    rule="Where 171 is answered instead of 117, it is answered to every refused code.",
    sources=["error tables", "Q1"],
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=[Feature.CHOICES],
    choices={"esms.refused-code": "171"},
    covers=["esms.refused-code=171", "esms:code_not_applicable"],
    kills=["esms.choice-of-code-ignored"],
)
async def one_hundred_seventy_one(esms: Driver) -> None:
    equal((await esms.call(CHECKCODE)).json["CodeResult"], "171", "CodeResult")


@case(
    "esms",
    "refusal",
    rule="By default the refusal is 117.",
    sources=["S2, tab 117", "Q1"],
    tier=Tier.READS,
    choices={"esms.refused-code": "117"},
    covers=["esms.refused-code=117", "esms:code_invalid"],
    kills=["esms.other-refusal-code"],
)
async def one_hundred_seventeen(esms: Driver) -> None:
    answer = await esms.call(CHECKCODE, Phone="0901888484", Code="1NTTJ6")

    equal(
        answer.text,
        '{"CodeResult":"117","CountRegenerate":0,"ErrorMessage":"0901888484, Content: 1NTTJ6 Code Invalid"}',
        "body",
    )


@case(
    "esms",
    "authentication",
    rule="Both keys must be right; otherwise nothing else is looked at.",
    sources=["S2, tab 101", "Q37", "Q38"],
    tier=Tier.NOTHING,
    covers=["esms:authorize_failed"],
    kills=["esms.secret-ignored", "esms.key-ignored", "esms.authorized-late", "esms.authorize-text"],
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


@case(
    "esms",
    "order of checks",
    rule="Of two things that are wrong the one that is checked first is told.",
    sources=["Q38"],
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


@case(
    "esms",
    "order of checks",
    rule="Money comes before the template.",
    sources=["Q38"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["esms:not_enough_balance"],
    kills=["esms.order-money-template"],
)
async def money_before_template(esms: Driver) -> None:
    await esms.account(balance=0)

    expect(await esms.call(GENCODE, message="x"), "not_enough_balance")


@case(
    "esms",
    "spellings",
    rule="Paths are found with doubled slashes, with one at the end, and in any case.",
    sources=["1.2", "Q45"],
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


@case(
    "esms",
    "spellings",
    rule="Parameter names match in any case.",
    sources=["Q33"],
    level=Level.SHOULD,
    tier=Tier.READS,
    choices={"esms.parameter-names": "any-case"},
    covers=["esms.parameter-names=any-case", "esms:code_invalid"],
    kills=["esms.exact-names"],
    rows={"capitals": (str.upper,), "small": (str.lower,)},
)
async def names(esms: Driver, spelled: object) -> None:
    fields = {spelled(name): value for name, value in esms.fields(CHECKCODE, {}).items()}  # type: ignore[operator]  # a method of str

    expect(await esms.request(CHECKCODE, fields), "code_invalid")


@case(
    "esms",
    "spellings",
    rule="Where names are exact, a key in another spelling is none.",
    sources=["Q33"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.parameter-names": "exact"},
    covers=["esms.parameter-names=exact", "esms:authorize_failed"],
    kills=["esms.never-exact-names"],
)
async def exact_names(esms: Driver) -> None:
    fields = {name.lower(): value for name, value in esms.fields(CHECKCODE, {}).items()}

    expect(await esms.request(CHECKCODE, fields), "authorize_failed")


@case(
    "esms",
    "spellings",
    rule="The placeholder may come raw or encoded, blanks as a plus or as %20.",
    sources=["S2, sample call", "Q14"],
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


@case(
    "esms",
    "methods",
    rule="The operations are GET only.",
    sources=["Q46"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.methods"],
    rows={"post": ("POST",), "put": ("PUT",), "delete": ("DELETE",)},
)
async def methods(esms: Driver, method: str) -> None:
    answer = await esms.request(CHECKCODE, esms.fields(CHECKCODE, {}), method=method)

    equal(answer.status, 405, "HTTP status")


@case(
    "esms",
    "lanes",
    rule="A code of one account is not accepted for another.",
    sources=["3.3"],
    needs=[*CODE, Feature.LANES],
    covers=["esms:code_invalid"],
    kills=["esms.shared-codes"],
)
async def other_account(esms: Driver) -> None:
    code = await sent(esms)
    lane = await esms.target.lane_for(esms.session, {})
    stranger = Driver("esms", esms.spec, esms.target, lane, esms.session, esms.choices)
    try:
        answer = await stranger.call(CHECKCODE, Code=code)
    finally:
        await esms.target.release(esms.session, lane)

    expect(answer, "code_invalid")
    true(bool(code), "a code", code)
