"""Every row of the table by its magic phone, on both operations, in the exact shape of the operation's errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson
import pytest
from tests.providers.esms.conftest import CHECKCODE, ESMS, GENCODE, refusal
from tests.providers.esms.sends import GUID_ID, HEX_ID, ref_of

from otp_sandbox.play.route import magic_rows
from otp_sandbox.providers.esms.phones import MAGIC

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_specs import Outcome

ROWS_BY_CODE = magic_rows(ESMS)
ROWS = [ESMS.spec.outcomes[name] for name in ROWS_BY_CODE.values()]
every_row = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])


def phone_of(row: Outcome) -> str:
    """Give the magic phone that asks for a row."""
    phone = MAGIC.value_of(row.code)
    assert phone is not None
    return phone


def body_of(row: Outcome, phone: str, code: str = "", sms_id: str | None = None) -> str:
    """Write the answer that a row gives: three members, and a fourth after the message was made."""
    text = str(row.message).replace("{phone}", phone).replace("{code}", code).replace("{network}", "Mobifone")
    body = {"CodeResult": str(row.code), "CountRegenerate": 0, "ErrorMessage": text}
    return orjson.dumps(body if sms_id is None else {**body, "SMSID": sms_id}).decode()


def test_every_code_of_the_table_but_success_can_be_asked_for() -> None:
    """One magic phone a code; 99 is the blocked phone, the row that has a result code."""
    codes = {str(row.code) for row in ESMS.spec.outcomes.values()}

    assert set(ROWS_BY_CODE) == codes - {"100"}
    assert ROWS_BY_CODE["99"] == "phone_blocked"
    assert {phone_of(row) for row in ROWS} == {f"0900000{code:>03}" for code in codes - {"100"}}


@every_row
async def test_a_magic_phone_gives_its_row_on_gencode(lane: Lane, row: Outcome) -> None:
    """Before every other check; no message, code or charge; those that come late have an SMSID."""
    lane.patch(blocked=True)
    phone = phone_of(row)

    body = await lane.gencode(Phone=phone, Brandname="x", Type=None, message=None)

    sms_id = ref_of(body) if row.code in {"146", "177", "201"} else None
    assert body == body_of(row, phone, sms_id=sms_id)
    assert sms_id is None or re.fullmatch(f"{HEX_ID}|{GUID_ID}", sms_id)
    assert lane.verdict.magic
    assert (await lane.messages(), await lane.codes(), lane.account.balance) == ([], [], 1_000_000)


@every_row
async def test_a_magic_phone_gives_its_row_on_checkcode(lane: Lane, row: Outcome) -> None:
    """In any spelling, echoed as sent; CHECKCODE never has an SMSID."""
    lane.patch(allowed_ips=[])
    phone = "+84 " + phone_of(row)[1:]

    body = await lane.checkcode("A", Phone=phone)

    assert body == body_of(row, phone, "A")
    assert lane.verdict.magic


@pytest.mark.parametrize("operation", [GENCODE, CHECKCODE])
@pytest.mark.parametrize("changes", [{"ApiKey": "x"}, {"SecretKey": "x"}, {"ApiKey": None}, {"SecretKey": ""}])
async def test_magic_comes_after_the_credentials(lane: Lane, operation: str, changes: dict[str, str | None]) -> None:
    """A stranger learns nothing."""
    body = await lane.call(operation, Phone="0900000103", **changes)

    assert (body, lane.verdict.magic) == (refusal(101, "Authorize Failed"), False)


@pytest.mark.parametrize("phone", ["0900000100", "0900000098", "0900000000", "0900000999", "0900001103", "0910000103"])
async def test_numbers_that_are_no_row_and_the_code_of_success_are_ordinary(lane: Lane, phone: str) -> None:
    """A code is sent there, and is good."""
    code = await lane.code(Phone=phone)

    await lane.checkcode(code, Phone=phone)

    assert lane.verdict.cause == "code_valid"


@pytest.mark.parametrize("phone", ["84900000103", "+84900000103", "0900.000.103", "090-000-0103", " 0900000103 "])
async def test_every_spelling_of_a_magic_phone_counts(lane: Lane, phone: str) -> None:
    """What folds to the value is the value."""
    assert await lane.gencode(Phone=phone) == refusal(103, "Balance not enough to send message")


async def test_a_magic_refusal_of_the_template_differs_from_time_to_time(lane: Lane) -> None:
    """Each has an SMSID of its own, and the same again with the same seed."""
    again = type(lane)()

    bodies = [[await each.gencode(Phone="0900000146") for _ in range(3)] for each in (lane, again)]

    assert bodies[0] == bodies[1]
    assert len(set(bodies[0])) == 3


async def test_a_magic_code_stays_itself_under_a_choice(lane: Lane) -> None:
    """Who asks for 117 gets 117, though refused codes are 171 here."""
    lane.choose(refused_code="171")

    assert '"CodeResult":"117"' in await lane.checkcode("A", Phone="0900000117")
