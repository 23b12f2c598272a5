"""How the sends of ZNS say whom they are for and what stands in the places of a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from otp_sandbox.contract import MISSING, Call, Reader
from otp_sandbox.domain.record import Record
from otp_sandbox.providers.esms import zalo
from otp_sandbox.providers.esms.account import ZnsTemplate
from otp_sandbox.providers.esms.phones import fold, hash_phone
from otp_sandbox.providers.esms.zalo_account import ZaloFollower

_UID_MOST: Final = 20
_OVER_QUOTA: Final = "3"
_WRONG_FORMS: Final = ("0", "+84")
_user_id = re.compile(r"[!-~]{1,64}").fullmatch
_hash = re.compile(r"[0-9a-f]{64}").fullmatch


class Named(Record):
    """Values by name, as an object (`is_object`) or as a list of keys and values."""

    values: Mapping[str, str]
    is_object: bool


class Recipient(Record):
    """Whom a send is for: `to` in E.164 where that is known, and the id or hash that it was named by."""

    to: str
    addressee: str = ""
    zalo_refuses: bool = False


def scalar(value: Any) -> str | None:
    """Make a text of a scalar; None of anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def params(text: str) -> tuple[str, ...] | None:
    """Read `Params`: values in their order, as a list; a single text, or several with commas, are values too."""
    if text[:1] != "[":
        return tuple(text.split(","))
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return (text,)  # a value that begins so
    return params_of(document)


def params_of(document: Any) -> tuple[str, ...] | None:
    """Give the values of a list of scalars; None of anything else."""
    if not isinstance(document, list):
        return None
    texts = [scalar(each) for each in document]
    return None if None in texts else tuple(text for text in texts if text is not None)


def temp_data(text: str) -> Named | None:
    """Read `TempData`: an object, or a list of keys and values; None for anything else."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    is_object = isinstance(document, dict)
    pairs = list(document.items()) if is_object else _pairs(document)
    if pairs is None:
        return None
    values = {name: scalar(value) for name, value in pairs}
    held = {name: value for name, value in values.items() if value is not None}
    return Named(held, is_object) if len(held) == len(pairs) else None


def _pairs(document: Any) -> list[tuple[str, Any]] | None:
    if not isinstance(document, list):
        return None
    pairs = []
    for each in document:
        members = {name.lower(): value for name, value in each.items()} if isinstance(each, dict) else {}
        if members.keys() != {"key", "value"} or not isinstance(members["key"], str):
            return None
        pairs.append((members["key"], members["value"]))
    return pairs


def zalo_uid(text: str) -> str | None:
    """Read a Zalo user id, as long as the provider takes it; one with blanks or letters beyond ASCII is none."""
    found = user_id(text)
    return found if found is not None and len(found) <= _UID_MOST else None


def user_id(text: str) -> str | None:
    """Give the id of a Zalo user, None where it is none: what stands in events and keys has no blanks, and a bound."""
    return text.strip() if _user_id(text.strip()) else None


def hashed_phone(text: str) -> str | None:
    """Read the SHA-256 of a phone, in 64 hexadecimal digits of either case."""
    text = text.strip().lower()
    return text if _hash(text) else None


READERS: Final[Mapping[str, Reader]] = {
    "Phone": fold,
    "ZaloUid": zalo_uid,
    "HashPhone": hashed_phone,
    "TempData": temp_data,
    "Params": params,
}


def official_account(call: Call) -> str:
    """Give the Official Account that sends."""
    return call.text("OAID").strip()


def template_id(call: Call) -> str:
    """Give the template that is sent."""
    return call.text("TempID").strip()


def template(call: Call) -> ZnsTemplate | None:
    """Find the template; one of any has places for the values of the call."""
    oa, asked = official_account(call), template_id(call)
    if "Params" in call.values:
        return zalo.template_of(call, oa, asked, len(call.value("Params") or ()))
    named: Named | None = call.value("TempData")
    return zalo.template_for(call, oa, asked, tuple(named.values) if named is not None else ())


def values(call: Call, found: ZnsTemplate) -> tuple[str, ...] | None:
    """Give the values for the places of a template in their order; None where they cannot be put in."""
    if "Params" in call.values:
        given = () if call.values["Params"] is MISSING else call.values["Params"]
    else:
        named: Named | None = call.values["TempData"]
        given = found.values_of(named.values) if isinstance(named, Named) else None
    return given if given is not None and found.takes(given) else None


def is_over_quota(call: Call) -> bool:
    """Whether it is to be sent over the quota."""
    return "SendingMode" in call.values and call.text("SendingMode").strip() == _OVER_QUOTA


def recipient(call: Call) -> Recipient:
    """Tell whom a readable send is for; by an id or a hash, the follower's phone where it is known."""
    if "Phone" in call.values:
        return Recipient(call.values["Phone"])
    if "ZaloUid" in call.values:
        return user(call, official_account(call), call.values["ZaloUid"])
    return _owner_of(call, call.values["HashPhone"])


def user(call: Call, oa: str, uid: str, *, must_follow: bool = False) -> Recipient:
    """Tell who a Zalo user is; one whom the Official Account does not know gets nothing (`esms.zalo-unknown-user`)."""
    found: ZaloFollower | None = call.account.follower(oa, uid)
    if found is None:
        return Recipient(fold(uid) or uid, uid, zalo_refuses=True)
    return Recipient(fold(found.phone) or fold(uid) or uid, uid, zalo_refuses=must_follow and not found.follows)


def _owner_of(call: Call, digits: str) -> Recipient:
    account = call.account
    for each in account.followers or ():
        if each.known_hash == digits:
            return Recipient(fold(each.phone) or digits, digits)
    found = (phone for phone in (*account.without_zalo, *account.blocked_phones) if hash_phone(phone) == digits)
    return Recipient(next(map(fold, found), None) or digits, digits)


def is_of_other_form(call: Call) -> bool:
    """Whether a hash is that of a phone in a form that may not be hashed, as far as the phone is known."""
    account, digits = call.account, call.value("HashPhone")
    phones = [each.phone for each in account.followers or ()]
    known = (*filter(None, phones), *account.without_zalo, *account.blocked_phones)
    return any(hash_phone(phone, form) == digits for phone in known for form in _WRONG_FORMS)


def addressed(call: Call) -> Call:
    """Give the call with the recipient as its phone, as what all sends share has it."""
    return zalo.with_phone(call, recipient(call).to)
