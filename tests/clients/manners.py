"""The manners in which clients call, each as a change of plain calls, and the answer that is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from clients.calls import (
    ALL,
    BALANCE,
    BODIES,
    GENCODE,
    JSONS,
    KEYS,
    MESSAGE,
    OTP,
    OTP_JSON,
    PROVIDER_HOST,
    SIMPLE,
    TOKEN,
    Call,
    plain_calls,
)
from clients.wire import Request

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Manner:
    """A manner: how it changes a plain call, and how it is told on the wire.

    `right` is empty where the answer is that of the plain call.
    """

    id: str
    title: str
    sent: str
    operations: tuple[str, ...]
    change: Callable[[Call], Call]
    on_wire: Callable[[Request], bool]
    right: str = ""

    def calls(self, first: int) -> list[Call]:
        """Give its calls, to phones counted up from a number."""
        return [self.change(plain_calls(first + number)[name]) for number, name in enumerate(self.operations)]


def _renamed(spell: Callable[[str], str]) -> Callable[[Call], Call]:
    def change(call: Call) -> Call:
        spelled = call.with_fields({spell(name): value for name, value in call.fields.items()})
        # PHP knows no name but its own.
        strict = call.operation == BALANCE and spelled.fields != call.fields
        return replace(spelled, refused={"status_code": -1}) if strict else spelled

    return change


def _numbers(call: Call) -> Call:
    fields = {name: int(value) if str(value).isdecimal() else value for name, value in call.fields.items()}
    if "Phone" in fields:  # a number has no leading zero
        fields["Phone"] = int("84" + call.fields["Phone"][1:])
    return call.with_fields({**fields, "Content": call.fields["Content"]} if "Content" in fields else fields)


def _texts(call: Call) -> Call:
    return call.with_fields({name: str(value) for name, value in call.fields.items()})


def _typed(kind: str, write: Callable[[Mapping[str, Any]], str], encoding: str = "utf-8") -> Callable[[Call], Call]:
    """Write the body of a call by hand, under a type."""
    return lambda call: replace(
        call, form=None, json=None, text=write(call.fields), encoding=encoding, headers={"Content-Type": kind}
    )


def _form_as_json(call: Call) -> Call:
    refused = {"error": "Invalid request"} if call.operation == MESSAGE else {"Status": "Token_NotExists"}
    return replace(_typed(JSON, urlencode)(call), refused=refused)


def _with_body(call: Call) -> Call:
    other = {"Phone": "0900000103", "Type": "9", "CodeLength": 9}
    return replace(call, text=json.dumps(other), headers={"Content-Type": JSON})


def _split(call: Call) -> Call:
    keys = {name: value for name, value in call.fields.items() if name in {*KEYS, "Token"}}
    return replace(call.with_fields({name: call.fields[name] for name in call.fields if name not in keys}), query=keys)


def _bearer(call: Call) -> Call:
    less = call.with_fields({name: value for name, value in call.fields.items() if name != "Token"})
    return replace(less, headers={"Authorization": f"Bearer {TOKEN}"})


def _by_way(way: str) -> Callable[[Call], Call]:
    return lambda call: replace(call, way=way)


def _with_charset(call: Call) -> Call:
    kind, write = (FORM, urlencode) if call.form is not None else (JSON, _dump)
    return _typed(f"{kind}; charset=UTF-8", write)(call)


def _dump(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)


MANNERS: Final = (
    Manner(
        "plain",
        "as documented",
        "the calls as the providers' pages have them, written by the client's own means",
        ALL,
        lambda call: call,
        lambda _: True,
    ),
    Manner(
        "capitals",
        "names in capitals",
        "`APIKEY`, `TOKEN`, `SHOW`",
        ALL,
        _renamed(str.upper),
        lambda request: request.holds(b"APIKEY", b"TOKEN"),
        "as the plain call where .NET answers (eSMS, Amoot); at thuesim PHP knows `show` only: `status_code` -1",
    ),
    Manner(
        "small",
        "names in small letters",
        "`apikey`, `token`",
        ALL,
        _renamed(str.lower),
        lambda request: request.holds(b"apikey", b"token"),
    ),
    Manner(
        "numbers",
        "numbers for texts",
        '`"Phone":84901888484`, `"SmsType":2`',
        JSONS,
        _numbers,
        lambda request: request.matches(rb'"(?:Phone|Mobile)": ?\d'),
    ),
    Manner(
        "texts",
        "texts for numbers",
        '`"CodeLength":"5"`',
        JSONS,
        _texts,
        lambda request: request.matches(rb'"(?:CodeLength|SmsType)": ?"'),
    ),
    Manner(
        "form-as-json",
        "form under JSON type",
        "a form body with `Content-Type: application/json`",
        (MESSAGE, SIMPLE),
        _form_as_json,
        lambda request: request.says(b"content-type", JSON.encode()) and request.matches(rb"^\w+=[^{]*&"),
        "a body that nobody can read: `Invalid request` at eSMS, `Token_NotExists` at Amoot; the journal warns",
    ),
    Manner(
        "json-as-form",
        "JSON under form type",
        "a JSON body with `Content-Type: application/x-www-form-urlencoded`",
        (MESSAGE, SIMPLE),
        _typed(FORM, _dump),
        lambda request: request.says(b"content-type", FORM.encode()) and request.matches(rb"^\{"),
    ),
    Manner(
        "get-body",
        "body on a GET",
        "everything in the query, and a JSON body that says something else",
        (GENCODE, OTP),
        _with_body,
        lambda request: request.method == b"GET" and request.matches(rb"^\{"),
    ),
    Manner(
        "json-query",
        "query on a JSON POST",
        "credentials in the query, the rest in the body",
        JSONS,
        _split,
        lambda request: request.method == b"POST" and b"?" in request.target and request.matches(rb"^\{"),
    ),
    Manner(
        "http-1.0",
        "HTTP/1.0 without Host",
        "a request line that ends in HTTP/1.0, and no Host header",
        (GENCODE, OTP, SIMPLE, BALANCE),
        _by_way("http/1.0"),
        lambda request: request.version == b"HTTP/1.0" and b"host" not in request.headers,
    ),
    Manner(
        "expect",
        "`Expect: 100-continue`",
        "the header; most clients wait with the body until the server says to go on",
        BODIES,
        _by_way("expect"),
        lambda request: request.says(b"expect", b"100-continue"),
    ),
    Manner(
        "h2c",
        "h2c offer",
        "`Upgrade: h2c` with `HTTP2-Settings`; the answer stays HTTP/1.1",
        (GENCODE, MESSAGE, BALANCE),
        _by_way("h2c"),
        lambda request: request.says(b"upgrade", b"h2c") and b"http2-settings" in request.headers,
    ),
    Manner(
        "chunked",
        "chunked",
        "a body of unknown length, in chunks",
        BODIES,
        _by_way("chunked"),
        lambda request: request.says(b"transfer-encoding", b"chunked") and b"content-length" not in request.headers,
    ),
    Manner(
        "cookie",
        "cookie",
        "`Cookie: ASP.NET_SessionId=…`, as samples of the vendors have it",
        ALL,
        lambda call: replace(call, headers={"Cookie": "ASP.NET_SessionId=x1y2z3"}),
        lambda request: request.says(b"cookie", b"ASP.NET_SessionId=x1y2z3"),
    ),
    Manner(
        "raw-utf-8",
        "raw UTF-8",
        "Vietnamese and Persian letters in the address as they are",
        (GENCODE, OTP),
        lambda call: replace(call, raw=True),
        lambda request: not request.target.isascii(),
    ),
    Manner(
        "bearer",
        "`Bearer`",
        "the token of Amoot in `Authorization: Bearer …`",
        (OTP, OTP_JSON, SIMPLE),
        _bearer,
        lambda request: request.says(b"authorization", b"Bearer " + TOKEN.encode()),
    ),
    Manner(
        "trailing-slash",
        "trailing slash",
        "a slash at the end of the path where the page has none, and none where it has one",
        ALL,
        lambda call: replace(call, path=call.path[:-1] if call.path.endswith("/") else call.path + "/"),
        lambda request: request.path.endswith(b"/") is not request.path.endswith((b"_json", b"api")),
    ),
    Manner(
        "double-slash",
        "double slash",
        "two slashes wherever the path has one",
        ALL,
        lambda call: replace(call, path=call.path.replace("/", "//")),
        lambda request: request.path.startswith(b"//"),
    ),
    Manner(
        "absolute-form",
        "absolute-form target",
        "`GET http://…/path HTTP/1.1`: the client takes the sandbox for its proxy",
        ALL,
        lambda call: replace(call, proxy=True),
        lambda request: request.target.startswith(PROVIDER_HOST.encode()),
    ),
    Manner(
        "charset",
        "charset",
        "`; charset=UTF-8` behind the type of a JSON body and of a form",
        BODIES,
        _with_charset,
        lambda request: request.says(b"content-type", b"charset=UTF-8"),
    ),
    Manner(
        "utf-16",
        "another charset",
        "a JSON body in UTF-16, with `charset=utf-16`",
        JSONS,
        _typed(f"{JSON}; charset=utf-16", _dump, "utf-16-le"),
        lambda request: request.says(b"content-type", b"charset=utf-16") and request.matches(rb"^\{\x00"),
    ),
    Manner(
        "byte-order-mark",
        "byte order mark",
        "a JSON body in UTF-8 behind the mark EF BB BF",
        JSONS,
        _typed(JSON, lambda fields: MARK + _dump(fields)),
        lambda request: request.matches(rb"^\xef\xbb\xbf\{"),
    ),
)
