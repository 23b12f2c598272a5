"""CHECKCODE: one-time use, supersede, binding, refusals."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import CHECKCODE, GENCODE, PHONE
from otp_conformance.providers.esms.steps import ANY_TEXT, CODE, OTHER, send_code

one_time_use_case = partial(case, "esms", "one-time use")
supersede_case = partial(case, "esms", "supersede")
binding_case = partial(case, "esms", "binding")
refusal_case = partial(case, "esms", "refusal")


@one_time_use_case(
    rule="A code is accepted once; afterwards it is refused.",
    sources=["S2, tab 117"],
    needs=CODE,
    covers=["esms:code_valid", "esms:code_invalid", "esms.one-time-use"],
    kills=["esms.never-consumed", "esms.always-accept", "esms.always-reject"],
)
async def second_try_is_refused(esms: Driver) -> None:
    code = await send_code(esms)

    first = await esms.call(CHECKCODE, Code=code)
    second = await esms.call(CHECKCODE, Code=code)

    expect(first, "code_valid", phone=PHONE)
    expect(second, "code_invalid", phone=PHONE, code=code)


@one_time_use_case(
    rule="Of fifty checks at once exactly one is accepted.",
    sources=["I"],
    needs=[Feature.READ_CODE, Feature.CONCURRENCY],
    covers=["esms:code_valid", "esms:code_invalid"],
    kills=["esms.never-consumed"],
)
async def one_of_fifty(esms: Driver) -> None:
    code = await send_code(esms)

    answers = await esms.at_once(CHECKCODE, 50, Code=code)

    equal(sum(answer.json["CodeResult"] == "100" for answer in answers), 1, "accepted checks")


@one_time_use_case(
    rule="Wrong tries change nothing: the right code is still accepted.",
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.wrong-tries": "unlimited"},
    covers=["esms.wrong-tries=unlimited", "esms:code_valid"],
    kills=["esms.burnt-by-wrong-try"],
)
async def wrong_tries_are_free(esms: Driver) -> None:
    code = await send_code(esms)
    for _ in range(10):
        expect(await esms.call(CHECKCODE, Code="WRONG0"), "code_invalid", phone=PHONE, code="WRONG0")

    expect(await esms.call(CHECKCODE, Code=code), "code_valid")


@one_time_use_case(
    rule="With lock-out, the fifth wrong try makes the code dead, the fourth does not.",
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.wrong-tries": "lock-out"},
    covers=["esms.wrong-tries=lock-out"],
    rows={"four": (4, "code_valid"), "five": (5, "code_invalid")},
)
async def lock_out(esms: Driver, tries: int, outcome: str) -> None:
    code = await send_code(esms)
    for _ in range(tries):
        await esms.call(CHECKCODE, Code="WRONG0")

    expect(await esms.call(CHECKCODE, Code=code), outcome)


@supersede_case(
    rule="A new code takes the place of the one before.",
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.second-code": "replace"},
    sends=2,
    covers=["esms.second-code=replace"],
)
async def newer_code_wins(esms: Driver) -> None:
    old = await send_code(esms)
    new = await send_code(esms)

    expect(await esms.call(CHECKCODE, Code=old), "code_invalid", phone=PHONE, code=old)
    expect(await esms.call(CHECKCODE, Code=new), "code_valid")


@supersede_case(
    rule="Where all live codes are kept, each is accepted once.",
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.second-code": "keep-all"},
    sends=2,
    covers=["esms.second-code=keep-all"],
)
async def all_codes_live(esms: Driver) -> None:
    codes = [await send_code(esms), await send_code(esms)]

    for code in codes:
        expect(await esms.call(CHECKCODE, Code=code), "code_valid")
    expect(await esms.call(CHECKCODE, Code=codes[0]), "code_invalid")


@supersede_case(
    rule="A refused send issues no code: the one before is still good.",
    level=Level.SHOULD,
    needs=CODE,
    sends=2,
    covers=["esms.refusal-issues-no-code", "esms:code_valid", "esms:template_mismatch"],
)
async def refusal_changes_nothing(esms: Driver) -> None:
    code = await send_code(esms)
    expect(await esms.call(GENCODE, message="khong co ma"), "template_mismatch")

    expect(await esms.call(CHECKCODE, Code=code), "code_valid")


@binding_case(
    rule="A code belongs to the phone that it was sent to, however that is spelled.",
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
    code = await send_code(esms)

    expect(await esms.call(CHECKCODE, Phone=spelling, Code=code), outcome, phone=spelling, code=code)


@binding_case(
    rule="Codes are compared exactly: capitals count.",
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.code-case": "exact"},
    covers=["esms.code-case=exact"],
)
async def case_counts(esms: Driver) -> None:
    code = await send_code(esms, **ANY_TEXT, NumCharOfCode="20")

    expect(await esms.call(CHECKCODE, Code=code.lower()), "code_invalid")


@binding_case(
    rule="Where case is ignored, a code in small letters is accepted.",
    level=Level.SHOULD,
    needs=[*CODE, Feature.CHOICES],
    choices={"esms.code-case": "ignore"},
    covers=["esms.code-case=ignore"],
)
async def case_is_ignored(esms: Driver) -> None:
    code = await send_code(esms, **ANY_TEXT, NumCharOfCode="20")

    expect(await esms.call(CHECKCODE, Code=code.lower()), "code_valid")


@refusal_case(
    rule="Wrong, never issued, missing or malformed: one answer for all, repeating phone and code as they were sent.",
    sources=["S2, tab 117"],
    tier=Tier.READS,
    covers=["esms:code_invalid"],
    kills=["esms.always-accept"],
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


@refusal_case(
    rule="Where 171 is answered instead of 117, it is answered to every refused code.",
    sources=["V2, error table"],
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=[Feature.CHOICES],
    choices={"esms.refused-code": "171"},
    covers=["esms.refused-code=171", "esms:code_not_applicable"],
)
async def one_hundred_seventy_one(esms: Driver) -> None:
    equal((await esms.call(CHECKCODE)).json["CodeResult"], "171", "CodeResult")


@refusal_case(
    rule="By default the refusal is 117.",
    sources=["S2, tab 117"],
    tier=Tier.READS,
    choices={"esms.refused-code": "117"},
    covers=["esms.refused-code=117", "esms:code_invalid"],
)
async def one_hundred_seventeen(esms: Driver) -> None:
    answer = await esms.call(CHECKCODE, Phone="0901888484", Code="1NTTJ6")

    equal(
        answer.text,
        '{"CodeResult":"117","CountRegenerate":0,"ErrorMessage":"0901888484, Content: 1NTTJ6 Code Invalid"}',
        "body",
    )
