"""What clients of eSMS call and no page lists: a call that reads a code out, XML, other hosts."""

from __future__ import annotations

import asyncio
from typing import Any
from xml.etree import ElementTree as ET

import pytest

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
VOICE_OTP = "/MainService.svc/json/VoiceOTP"
XML_SEND = "/MainService.svc/xml/SendMultipleMessage_V4/"
XML_STATUS = "/MainService.svc/xml/GetSmsStatus/"
XML_KEYS = "<APIKEY>SANDBOX-API-KEY</APIKEY><SECRETKEY>SANDBOX-SECRET-KEY</SECRETKEY>"
MESSAGE = (
    f"<RQST>{XML_KEYS}<ISFLASH>0</ISFLASH><UNICODE>0</UNICODE><SMSTYPE>2</SMSTYPE><BRANDNAME>Sandbox</BRANDNAME>"
    "<CONTENT>Ma 686868</CONTENT><CONTACTS><CUSTOMER><PHONE>0901888484</PHONE></CUSTOMER></CONTACTS></RQST>"
)
HOSTS = ["rest.esms.vn", "restapi.esms.vn", "api.esms.vn", "voiceapi.esms.vn"]


async def post_xml(client: Any, path: str, text: str, **headers: str) -> dict[str, str]:
    """Post XML as plain text, as the samples do, and give the elements of the answer."""
    answer = await client.send("POST", path, data=text.encode(), headers={"Content-Type": "text/plain", **headers})
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.text)
    assert root.tag == "SmsResultModel"
    return {each.tag: each.text or "" for each in root}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (VOICE_OTP, {"Code": "482913", "Speed": "-1", "Voice": "hatieumai"}),
        ("/MainService.svc/json/SendMultipleMessage_V4_get", {"Content": "482913", "SmsType": "8"}),
        ("/MainService.svc/json/MakeCallTemplate_V2", {"TemplateId": "4201", "VariableListStr": "An||482913"}),
    ],
)
async def test_a_rented_number_hears_the_code(client: Any, path: str, fields: dict[str, str]) -> None:
    """As a call with a recording, before the request is answered."""
    rented = await client.get("/api/register-service/", serviceId="01.1", token="SANDBOX-TOKEN")
    rental = rented.text.partition('"ID":')[2].partition(",")[0]
    phone = rented.json["RequestLog"]["Phone"].strip()

    called = await client.get(path, **KEYS, Phone=phone, **fields)
    read = (await client.get("/api/", show="code", ID=rental, token="SANDBOX-TOKEN")).json["Result"]

    assert called.json["CodeResult"] == "100"
    text = "Xin chao An, ma xac minh cua ban la 482913" if "TemplateId" in fields else "482913"
    assert (read["Code"], read["IsCall"], read["SMS"]) == ("482913", True, f"[Call]{text}{text}")
    heard = await client.send("GET", read["CallFile"].removeprefix(client.url))
    assert (heard.status, heard.headers["Content-Type"]) == (200, "audio/wav")


async def test_a_list_as_xml_is_nothing_odd(client: Any) -> None:
    """As long as there may be: the element of a phone comes as often, and nothing is warned of."""
    await client.control("PATCH", "/accounts/esms", {"balance": 10_000_000})
    customers = "".join(f"<CUSTOMER><PHONE>0912{each:06}</PHONE></CUSTOMER>" for each in range(5_000))
    text = f"{XML_KEYS}<CONTENT>x</CONTENT><SMSTYPE>1</SMSTYPE><BRANDNAME>QC_ONLINE</BRANDNAME>"
    body = f"<RQST>{text}<CONTACTS>{customers}</CONTACTS></RQST>".encode()

    path = "/MainService.svc/json/SendMultipleSMSBrandname"
    answer = await client.send("POST", path, data=body, headers={"Content-Type": "text/plain"})

    assert answer.json["CodeResult"] == "100"
    (request,) = (await client.control("GET", "/requests")).json["requests"]
    assert request["warnings"] == []


async def test_many_calls_at_once_are_charged_one_by_one(client: Any) -> None:
    """Each has an SMSID of its own; what the balance does not pay is refused."""
    await client.control("PATCH", "/accounts/esms", {"balance": 850 * 20})

    answers = await asyncio.gather(*(client.get(VOICE_OTP, **KEYS, Phone="0901888484", Code="1") for _ in range(30)))

    codes = sorted(each.json["CodeResult"] for each in answers)
    assert codes == ["100"] * 20 + ["103"] * 10
    assert len({each.json["SMSID"] for each in answers if "SMSID" in each.json}) == 20
    assert (await client.control("GET", "/accounts/esms")).json["balance"] == 0


@pytest.mark.parametrize("host", HOSTS)
async def test_a_message_is_sent_and_followed_as_xml(client: Any, host: str) -> None:
    """By whatever name of the provider."""
    sent = await post_xml(client, XML_SEND, MESSAGE, Host=host)
    assert (sent["CodeResult"], sent["CountRegenerate"]) == ("100", "0")
    asked = f"<RQST>\n  {XML_KEYS}\n  <SMSID>{sent['SMSID']}</SMSID>\n</RQST>"

    told = await post_xml(client, XML_STATUS, asked, Host=host)

    assert told == {"CodeResult": "100", "SendStatus": "2", "SmsID": sent["SMSID"]}


@pytest.mark.parametrize("path", [XML_SEND, XML_STATUS])
@pytest.mark.parametrize("text", ["<RQST>", "x", "", '<!DOCTYPE a [<!ENTITY b "c">]><RQST>&b;</RQST>', "<a>\x00</a>"])
async def test_bad_xml_is_refused_as_xml_and_noted(client: Any, path: str, text: str) -> None:
    """Nothing is sent; the journal has it."""
    told = await post_xml(client, path, text)

    assert told in ({"error": "Invalid request"}, {"CodeResult": "101", **REFUSED.get(path, {})})
    [entry] = (await client.control("GET", "/requests?limit=1")).json["requests"]
    assert entry["outcome"] in ("invalid_request", "authorize_failed")
    assert (await client.control("GET", "/messages")).json["messages"] == []


REFUSED = {
    XML_SEND: {"CountRegenerate": "0", "ErrorMessage": "Authorize Failed"},
    XML_STATUS: {"ErrorMessage": "Authorize Failed"},
}
"""An empty body has no fields, so nobody is known by it."""


@pytest.mark.parametrize("path", [XML_SEND, XML_STATUS, VOICE_OTP])
async def test_another_method_is_not_allowed(client: Any, path: str) -> None:
    """With the page of the service."""
    method = "POST" if path == VOICE_OTP else "GET"

    answer = await client.send(method, path)

    assert (answer.status, "Method not allowed." in answer.text) == (405, True)


async def test_a_name_of_the_provider_tells_whose_an_unknown_path_is(client: Any) -> None:
    """By its prefix, as before."""
    answer = await client.send("GET", "/MainService.svc/xml/GetSendStatus", headers={"Host": "restapi.esms.vn"})

    assert (answer.status, "Endpoint not found." in answer.text) == (404, True)
