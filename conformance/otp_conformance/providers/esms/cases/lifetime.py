"""CHECKCODE: how long a code lives."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import CHECKCODE, GENCODE
from otp_conformance.providers.esms.steps import CODE, send_code

lifetime_case = partial(case, "esms", "lifetime")


@lifetime_case(
    rule="A code lives as many minutes as TimeAlive says, 2 to 10, five when it is not sent; at the end it is dead.",
    sources=["S2, TimeAlive"],
    needs=[*CODE, Feature.CLOCK, Feature.CHOICES],
    choices={"esms.lifetime-range": "two-to-ten"},
    covers=["esms.lifetime-range=two-to-ten", "esms:code_valid", "esms:code_invalid"],
    kills=["esms.lives-forever", "esms.lifetime-in-seconds", "esms.lifetime-inclusive", "esms.lifetime-short"],
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
    code = await send_code(esms, TimeAlive=asked)

    await esms.advance(by)

    expect(await esms.call(CHECKCODE, Code=code), outcome)


@lifetime_case(
    rule="Under the older reading fifteen minutes are the most.",
    sources=["EN and OLD, TimeAlive"],
    level=Level.SHOULD,
    needs=[*CODE, Feature.CLOCK, Feature.CHOICES],
    choices={"esms.lifetime-range": "two-to-fifteen"},
    covers=["esms.lifetime-range=two-to-fifteen"],
    rows={"before": ("14m59s", "code_valid"), "at": ("15m", "code_invalid")},
)
async def older_lifetime(esms: Driver, by: str, outcome: str) -> None:
    code = await send_code(esms, TimeAlive="45")

    await esms.advance(by)

    expect(await esms.call(CHECKCODE, Code=code), outcome)


@lifetime_case(
    rule="Under the strict reading a lifetime outside the range is refused.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.lifetime-range": "strict"},
    covers=["esms.lifetime-range=strict", "esms:invalid_request"],
    rows={"1": ("1",), "11": ("11",)},
)
async def strict_lifetime(esms: Driver, asked: str) -> None:
    expect(await esms.call(GENCODE, TimeAlive=asked), "invalid_request")


@lifetime_case(
    rule="The unusable request may also be answered with HTTP 200.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.lifetime-range": "strict", "esms.invalid-request-status": "200"},
    covers=["esms.invalid-request-status=200", "esms:invalid_request_ok"],
)
async def unusable_with_200(esms: Driver) -> None:
    answer = expect(await esms.call(GENCODE, TimeAlive="99"), "invalid_request_ok")

    equal(answer.text, '{"error":"Invalid request"}', "body")
