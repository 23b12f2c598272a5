"""How MultiChannelMessage says what goes over its two channels: names, and an object for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard

import orjson

from otp_sandbox.contract import Call
from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.domain.record import Record
from otp_sandbox.providers.esms.sending import switched_on

_ORDER: Final = "zalo,sms"
_CHANNELS: Final = 2
_OVER_QUOTA: Final = "3"


def channels(text: str) -> str | None:
    """Read `Channels`: these two in this order, or None."""
    return text if text == _ORDER else None


def data(text: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Read `Data`: two objects, whose members become texts and lists of texts; None for anything else.

    A text that is too long is nothing either.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, list) or len(document) != _CHANNELS:
        return None
    zalo, sms = document
    if not isinstance(zalo, dict) or not isinstance(sms, dict):
        return None
    held = _read(zalo), _read(sms)
    return None if any(len(text) > TEXT_MOST for each in held for text in _texts(each)) else held


def _texts(members: Mapping[str, Any]) -> Iterator[str]:
    for value in members.values():
        if isinstance(value, tuple):
            yield "".join(value)
        elif value is not None:
            yield value


def _read(members: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: _value(value) for name, value in members.items()}


def _value(value: Any) -> str | tuple[str, ...] | None:
    """Make a text of a scalar, texts of a list of scalars; None of anything else, as if it were not there."""
    if not isinstance(value, list):
        return _scalar(value)
    texts = tuple(filter(_is_text, map(_scalar, value)))
    return texts if len(texts) == len(value) else None


def _scalar(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _is_text(value: str | None) -> TypeGuard[str]:
    return value is not None


class Zalo(Record):
    """What goes by Zalo. `values` is None when there is no list of them."""

    template: str
    values: tuple[str, ...] | None
    official_account: str
    campaign: str
    callback_url: str
    request_id: str
    is_try: bool
    over_quota: bool


class Sms(Record):
    """What goes by SMS if Zalo fails."""

    text: str
    is_unicode: str
    unicode: str
    kind: str
    brandname: str
    callback_url: str
    request_id: str
    is_try: bool


def zalo_of(call: Call) -> Zalo:
    """Give what the first object says."""
    text = _Members(call, 0)
    values = text.get("Params")
    return Zalo(
        template=text["TempID"].strip(),
        values=values if isinstance(values, tuple) else None,
        official_account=text["OAID"].strip(),
        campaign=text["campaignid"],
        callback_url=text["CallbackUrl"],
        request_id=text["RequestId"],
        is_try=switched_on(text["Sandbox"]),
        over_quota=text["SendingMode"].strip() == _OVER_QUOTA,
    )


def sms_of(call: Call) -> Sms:
    """Give what the second object says."""
    text = _Members(call, 1)
    return Sms(
        text=text["Content"],
        is_unicode=text["IsUnicode"],
        unicode=text["Unicode"],
        kind=text["SmsType"].strip(),
        brandname=text["Brandname"],
        callback_url=text["CallbackUrl"],
        request_id=text["RequestId"],
        is_try=switched_on(text["Sandbox"]),
    )


class _Members:
    """The members of an object by their documented names; in any case, as other fields are (`esms.parameter-names`)."""

    def __init__(self, call: Call, place: int) -> None:
        given: Mapping[str, Any] = call.values["Data"][place]
        self._any_case = call.dialect.option("parameter-names") == "any-case"
        self._given = {name.lower(): value for name, value in given.items()} if self._any_case else given

    def get(self, name: str) -> Any:
        return self._given.get(name.lower() if self._any_case else name)

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        return value if isinstance(value, str) else ""
