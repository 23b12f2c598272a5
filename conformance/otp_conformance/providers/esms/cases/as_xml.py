"""What is asked and answered as XML at eSMS: a send, and the state of a message."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.names import XML_STATUS, XML_TWIN
from otp_conformance.providers.esms.steps import MESSAGES, MOVED, NOON, SMS_ID, VOICE, read_message, sms_id_of

xml_case = partial(case, "esms", "xml")

BOTH = {name: (name,) for name in (XML_TWIN, XML_STATUS)}
SOURCES = ["VT O2", "SM O2, samples of the provider"]


def write(members: str) -> str:
    """Write an answer, with a pattern for what stands before its members."""
    return rf"(<\?xml[^>]*>)?\s*<SmsResultModel[^>]*>{members}</SmsResultModel>\s*"


@xml_case(
    rule="A send below /xml/ is answered as XML with the members of the JSON answer.",
    sources=SOURCES,
    covers=["esms:accepted", "esms.xml-twin", "esms.xml-names", "esms.transports-alike"],
)
async def accepted(esms: Driver) -> None:
    answer = expect(await esms.call(XML_TWIN), "accepted")

    told = f"<CodeResult>100</CodeResult><CountRegenerate>0</CountRegenerate><SMSID>{SMS_ID}</SMSID>"
    matches(answer.text, write(told), "body")


@xml_case(
    rule="What is sent below /xml/ goes out like any other message, by SMS or by a call.",
    sources=SOURCES,
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["esms:accepted", "esms.xml-twin", "esms.transports-alike"],
    rows={
        "sms": ({"Brandname": "Sandbox", "Content": "Ma 1234 <a> & b"}, "sms", "Ma 1234 <a> & b"),
        "call": (VOICE, "voice", "686868"),
    },
)
async def goes_out(esms: Driver, changes: dict[str, Any], channel: str, text: str) -> None:
    held = await read_message(esms, sms_id_of(await esms.call(XML_TWIN, **changes)))

    equal((held["channel"], held["text"]), (channel, text), "channel and text")


@xml_case(
    rule="A refusal is XML too, with the text, and with an SMSID where it comes late.",
    sources=SOURCES,
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms:authorize_failed", "esms:template_mismatch", "esms.xml-twin"],
    rows={
        "keys": ({"SecretKey": "wrong"}, "101", "Authorize Failed", ""),
        "template": ({"Content": "x"}, "146", "Sai template Brandname CSKH", f"<SMSID>{SMS_ID}</SMSID>"),
    },
)
async def refused(esms: Driver, changes: dict[str, Any], code: str, text: str, rest: str) -> None:
    told = f"<CodeResult>{code}</CodeResult><CountRegenerate>0</CountRegenerate><ErrorMessage>{text}</ErrorMessage>"

    matches((await esms.call(XML_TWIN, **changes)).text, write(f"{told}{rest}"), "body")


@xml_case(
    rule="The state of a message is told under SendStatus, with its SMSID, and changes with the message.",
    sources=["VT O2", "SM O2, clients"],
    needs=MOVED,
    covers=["esms:sms_status_told", "esms.xml-status", "esms.xml-status-code", "esms.send-status-forced"],
    rows={
        "delivered": ("delivered", 5),
        "sending": ("sending", 3),
        "rejected": ("rejected", 4),
        "deleted": ("deleted", 6),
    },
)
async def state(esms: Driver, forced: str, status: int) -> None:
    await esms.stop_clock(NOON)
    sms_id = sms_id_of(await esms.call(XML_TWIN))
    for told in (2, status):
        members = f"<CodeResult>100</CodeResult><SendStatus>{told}</SendStatus><SmsID>{sms_id}</SmsID>"
        matches(expect(await esms.call(XML_STATUS, SMSID=sms_id), "sms_status_told").text, write(members), "body")
        await esms.bring_into(forced, sms_id)


@xml_case(
    rule="An SMSID that is no send's, or none, is not found, and the refusal has the text.",
    sources=["V2, error table, row 105"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms:message_not_found", "esms.xml-status-code", "esms.smsid-unknown", "esms.smsid-missing"],
    rows={"unknown": ("434a124c-7818-4f45-bdf2-7f7b07fff210100",), "missing": (None,)},
)
async def not_found(esms: Driver, sms_id: str | None) -> None:
    answer = expect(await esms.call(XML_STATUS, SMSID=sms_id), "message_not_found")

    matches(answer.text, write("<CodeResult>105</CodeResult><ErrorMessage>[^<]+</ErrorMessage>"), "body")


@xml_case(
    rule="A body that cannot be read has an answer in XML.",
    sources=["I"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms:invalid_request", "esms.xml-unusable", "esms.xml-content-type", "esms.body-unreadable"],
    rows={
        f"{name}-{what}": (name, text)
        for name in (XML_TWIN, XML_STATUS)
        for what, text in {
            "cut": "<RQST><APIKEY>",
            "entity": '<!DOCTYPE a [<!ENTITY b "c">]><RQST><APIKEY>&b;</APIKEY></RQST>',
            "no-xml": "x",
        }.items()
    },
)
async def unreadable(esms: Driver, name: str, text: str) -> None:
    answer = await esms.request(name, {}, raw_body=text, headers={"Content-Type": "text/plain"})

    expect(answer, "invalid_request")
    matches(answer.text, write("<error>Invalid request</error>"), "body")


@xml_case(
    rule="XML comes without declaration and namespace, as application/xml with charset utf-8.",
    sources=["I"],
    level=Level.NOTE,
    tier=Tier.NOTHING,
    covers=["esms.xml-form"],
    rows=BOTH,
)
async def form(esms: Driver, name: str) -> None:
    answer = await esms.call(name, SecretKey="wrong")

    equal(answer.exchange.answer_headers.get("Content-Type"), "application/xml; charset=utf-8", "content type")
    begin = '<SmsResultModel xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><CodeResult>'
    equal(answer.text[: len(begin)], begin, "begin of the body")
