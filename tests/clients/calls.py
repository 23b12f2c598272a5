"""What clients are asked to send: one plain call of each kind that the providers have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

KEYS: Final = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN: Final = "SANDBOX-TOKEN"
PROVIDER_HOST: Final = "http://provider.invalid"
"""In place of the provider's own, which must never be reached by mistake."""
CELL: Final = "X-Cell"
"""The header that says which request it is."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a program is asked to send.

    Args:
        operation: which plain call it is, or another manner of.
        to: the phone that gets a message, as the sandbox knows it; empty where none does.
        method: GET or POST.
        path: begins with a slash.
        way: what is no matter of address, headers and body: chunked, expect, h2c, http/1.0.
        query: fields that the client writes into the address, unless they are raw.
        form: fields of a form that the client writes.
        json: an object that the client writes.
        text: a body that the caller has written; its `encoding` is UTF-8 or UTF-16.
        raw: whether the query is written by the caller, with letters as they are.
        headers: besides those that the client sends by itself.
        proxy: whether the server is called as a proxy.
        refused: members of the answer, where a refusal is right.
    """

    operation: str
    to: str
    method: str
    path: str
    way: str = ""
    query: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    text: str | None = None
    encoding: str = "utf-8"
    raw: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    proxy: bool = False
    refused: Mapping[str, Any] | None = None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields, wherever they stand."""
        return self.query or self.form or self.json or {}

    def with_fields(self, fields: Mapping[str, Any]) -> Call:
        """Give the call with other fields in the same place."""
        if self.query is not None:
            return replace(self, query=fields)
        return replace(self, form=fields) if self.form is not None else replace(self, json=fields)

    def wanted(self, url: str, cell: str) -> dict[str, Any]:
        """Write it for a program.

        Args:
            url: the server.
            cell: what the request is called, in its header too.
        """
        made: dict[str, Any] = {"id": cell, "method": self.method, "way": self.way}
        made["url"] = (PROVIDER_HOST if self.proxy else url) + self.path
        made["headers"] = {**self.headers, CELL: cell}
        if self.proxy:
            made["proxy"] = url
        if self.raw and self.query is not None:
            made["raw_query"] = "&".join(f"{name}={_raw(text)}" for name, text in self.query.items())
        parts = {"query": None if self.raw else self.query, "form": self.form, "json": self.json}
        made |= {name: dict(part) for name, part in parts.items() if part is not None}
        if self.text is not None:
            made |= {"text": self.text, "encoding": self.encoding}
        return made


def _raw(text: str) -> str:
    """Write a value for an address by hand: letters stay, and what any client would stumble over does not."""
    return "".join(each if ord(each) > 127 or each.isalnum() or each in "-._" else f"%{ord(each):02X}" for each in text)


def plain_calls(number: int) -> dict[str, Call]:
    """Give the plain call of each operation, to a phone of its own."""
    phone, mobile = f"0901{number:06d}", f"912{number:07d}"
    esms, amoot = f"+84{phone[1:]}", f"+98{mobile}"
    send = {**KEYS, "Phone": phone, "Brandname": "Sandbox"}
    line = {"Token": TOKEN, "SMSMessageText": "کد شما", "LineNumber": "public"}
    otp = {**line, "Mobile": mobile}
    json_path = "/MainService.svc/json/"
    calls = (
        Call(
            GENCODE,
            esms,
            "GET",
            f"{json_path}SendMessageAutoGenCode_V4_get",
            query={**send, "Type": "2", "message": "{OTP} là mã"},
        ),
        Call(
            MESSAGE,
            esms,
            "POST",
            f"{json_path}SendMultipleMessage_V4_post_json/",
            json={**send, "SmsType": "2", "IsUnicode": "1", "Content": "4829 là mã"},
        ),
        Call(OTP, amoot, "GET", "/rest/SendOTP", query={**otp, "CodeLength": "5"}),
        Call(OTP_JSON, amoot, "POST", "/rest/SendOTP", json={**otp, "CodeLength": 5}),
        Call(SIMPLE, amoot, "POST", "/rest/SendSimple", form={**line, "Mobiles": mobile}),
        Call(BALANCE, "", "GET", "/api/", query={"show": "balance", "token": TOKEN}),
    )
    return {each.operation: each for each in calls}


GENCODE: Final = "eSMS GENCODE"
MESSAGE: Final = "eSMS message"
OTP: Final = "Amoot SendOTP"
OTP_JSON: Final = "Amoot SendOTP by JSON"
SIMPLE: Final = "Amoot SendSimple"
BALANCE: Final = "thuesim balance"
ALL: Final = (GENCODE, MESSAGE, OTP, OTP_JSON, SIMPLE, BALANCE)
QUERIES: Final = (GENCODE, OTP, BALANCE)
JSONS: Final = (MESSAGE, OTP_JSON)
BODIES: Final = (MESSAGE, OTP_JSON, SIMPLE)
SUCCESS: Final[Mapping[str, Mapping[str, Any]]] = {
    GENCODE: {"CodeResult": "100"},
    MESSAGE: {"CodeResult": "100"},
    OTP: {"Status": "Success"},
    OTP_JSON: {"Status": "Success"},
    SIMPLE: {"Status": "Success"},
    BALANCE: {"status_code": 200},
}
