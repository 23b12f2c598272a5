"""What is asked and answered as XML: a send, and the state of a message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from tests.providers.esms.conftest import ESMS, SEND, XML_TWIN
from tests.providers.esms.sends import REF, keep

from otp_sandbox.domain.verdict import Verdict

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_sandbox.domain.messages import MessageState

STATUS = "GetSmsStatus"
ROOT = '<SmsResultModel xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'


def written(members: str) -> str:
    """Write an answer."""
    return f"{ROOT}{members}</SmsResultModel>"


async def test_a_send_is_answered_as_xml(lane: Lane) -> None:
    """The members of the JSON answer, in their order, and the message goes out."""
    reply = await lane.reply(XML_TWIN, SEND)

    [message] = await lane.messages()
    told = f"<CodeResult>100</CodeResult><CountRegenerate>0</CountRegenerate><SMSID>{message.id}</SMSID>"
    assert (reply.body.decode(), reply.status) == (written(told), 200)
    assert reply.content_type == "application/xml; charset=utf-8"
    assert message.text == SEND["Content"]


async def test_refusals_are_xml(lane: Lane) -> None:
    """Early ones without SMSID, late ones with it."""
    assert await lane.call(XML_TWIN, SecretKey="x") == written(
        "<CodeResult>101</CodeResult><CountRegenerate>0</CountRegenerate><ErrorMessage>Authorize Failed</ErrorMessage>"
    )
    assert re.fullmatch(
        ".*<CodeResult>146</CodeResult>.*<SMSID>[0-9a-f-]{32,40}</SMSID></SmsResultModel>",
        await lane.call(XML_TWIN, Content="x"),
    )


async def test_a_text_in_an_answer_is_escaped(lane: Lane) -> None:
    """What was sent cannot close an element, and what XML cannot have is replaced."""
    body = await lane.call(XML_TWIN, Phone="</ErrorMessage>&\x00\ud800\r")

    text = ET.fromstring(body).findtext("ErrorMessage")
    assert text == "The phone number </ErrorMessage>&\ufffd\ufffd\r is not valid."


@pytest.mark.parametrize("name", [XML_TWIN, STATUS])
def test_an_unreadable_body_is_answered_as_xml(lane: Lane, name: str) -> None:
    """Whatever else is wrong, with HTTP status 400, and by choice 200."""
    for option in ("400", "200"):
        lane.choose(invalid_request_status=option)
        route, call = lane.route(name), lane.judgement(name, {}).unjudged()
        row = call.dialect.row(call.operation, "body_unreadable")
        reply = ESMS.wire.render(route.handler, call, row, Verdict("body_unreadable"))

        assert (reply.body.decode(), reply.status) == (written("<error>Invalid request</error>"), int(option))


@pytest.mark.parametrize(
    ("state", "status"),
    [("queued", 2), ("sent", 2), ("sending", 3), ("rejected", 4), ("delivered", 5), ("failed", 5), ("deleted", 6)],
)
async def test_the_state_of_a_message_is_told(lane: Lane, state: MessageState, status: int) -> None:
    """By its SMSID, which is repeated."""
    await keep(lane, state)

    told = f"<CodeResult>100</CodeResult><SendStatus>{status}</SendStatus><SmsID>{REF}</SmsID>"
    assert await lane.call(STATUS) == written(told)


@pytest.mark.parametrize("ref", ["x", "", None, REF.upper()])
async def test_an_unknown_message_is_not_found(lane: Lane, ref: str | None) -> None:
    """A missing SMSID is like an unknown one."""
    await keep(lane)

    assert await lane.call(STATUS, SMSID=ref) == written(
        "<CodeResult>105</CodeResult><ErrorMessage>Message not found</ErrorMessage>"
    )


async def test_the_age_counts_as_for_the_other_states(lane: Lane) -> None:
    """Seven days, and by choice ten seconds."""
    await keep(lane)
    lane.choose(status_delay="some")
    assert ">105<" in await lane.call(STATUS)
    lane.wait(seconds=10)
    assert ">100<" in await lane.call(STATUS)
    lane.wait(days=7)
    assert ">105<" in await lane.call(STATUS)
