"""How a message of the caller's own may be written on the wire at eSMS: JSON, query, form and XML."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import JSON, Driver
from otp_conformance.expect import expect
from otp_conformance.providers.esms.names import (
    FORM_SEND,
    GET_SEND,
    JSON_SEND,
    XML_SEND,
)

bodies_case = partial(case, "esms", "bodies")


XML = (
    "<RQST><CONTACTS><CUSTOMER><PHONE>{Phone}</PHONE></CUSTOMER></CONTACTS><SMSTYPE>2</SMSTYPE><APIKEY>{ApiKey}</APIKEY>"
    "<BRANDNAME>Sandbox</BRANDNAME><CONTENT>1234 &amp; more</CONTENT><SECRETKEY>{SecretKey}</SECRETKEY></RQST>"
)


@bodies_case(
    rule="XML is read as plain text, as XML and as the form type of an older sample; the order of elements is free.",
    sources=["V2 and OLD, XML page"],
    level=Level.SHOULD,
    covers=["esms.xml-content-type", "esms.xml-names"],
    kills=["esms.xml-only-plain"],
    rows={
        "plain": ("text/plain",),
        "page": ("application/text/plain",),
        "xml": ("application/xml",),
        "form": ("application/x-www-form-urlencoded",),
    },
)
async def xml_content_types(esms: Driver, kind: str) -> None:
    text = XML.format(**esms.fields(XML_SEND, {}))

    expect(await esms.request(XML_SEND, {}, raw_body=text, headers={"Content-Type": kind}), "accepted")


@bodies_case(
    rule="A body that cannot be read is unusable, whatever else is wrong.",
    sources=["V2, OTP and customer-care page, tab 99"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.body-unreadable", "esms.json-comments", "esms:invalid_request"],
    rows={
        "comment": (JSON_SEND, '{"ApiKey": "x", // the key\n "SecretKey": "x"}', JSON),
        "cut": (JSON_SEND, '{"ApiKey": "x"', JSON),
        "list": (JSON_SEND, "[]", JSON),
        "xml-cut": (XML_SEND, "<RQST><APIKEY>", "text/plain"),
        "xml-entity": (XML_SEND, '<!DOCTYPE a [<!ENTITY b "c">]><RQST><APIKEY>&b;</APIKEY></RQST>', "text/plain"),
        "xml-no-xml": (XML_SEND, "x", "text/plain"),
        "form-other": (FORM_SEND, "x", "application/octet-stream"),
    },
)
async def unreadable(esms: Driver, name: str, text: str, kind: str) -> None:
    expect(await esms.request(name, {}, raw_body=text, headers={"Content-Type": kind}), "invalid_request")


@bodies_case(
    rule="Numbers and switches in JSON may be bare; names may be spelled in any case; unknown members do not count.",
    level=Level.SHOULD,
    covers=["esms.json-body", "esms.quoted-or-bare", "esms.parameter-names=any-case"],
    kills=["esms.sms-bare-type"],
)
async def bare_json(esms: Driver) -> None:
    fields: dict[str, Any] = {**esms.fields(JSON_SEND, {}), "SmsType": 2, "IsUnicode": 0, "Sandbox": False}
    fields = {name.upper(): value for name, value in fields.items()} | {"Extra": {"a": [1]}}

    text = orjson.dumps(fields).decode()
    expect(await esms.request(JSON_SEND, {}, raw_body=text, headers={"Content-Type": JSON}), "accepted")


@bodies_case(
    rule="The first key may be spelled as in the samples of the form.",
    sources=["V2, form page, sample"],
    level=Level.SHOULD,
    covers=["esms.parameter-names=any-case", "esms:accepted"],
    rows={"form": (FORM_SEND, "application/x-www-form-urlencoded"), "get": (GET_SEND, None)},
)
async def sample_spelling(esms: Driver, name: str, body_as: str | None) -> None:
    fields = esms.fields(name, {})
    fields["Apikey"] = fields.pop("ApiKey")

    expect(await esms.request(name, fields, body_as=body_as), "accepted")
