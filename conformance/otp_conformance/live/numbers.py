"""Phone numbers in requests: whose they are, and one in the place of another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from otp_conformance.rooms import Numbers

RECIPIENTS = ("phone", "phones", "mobile", "mobiles", "number", "numbers", "zalouid", "user_id", "hashphone")
"""Names of fields that hold recipients, in small letters."""


def national(number: str, country: str) -> str:
    """Give a number without country code and zero in front, as plain digits; every spelling of it gives the same."""
    digits = "".join(str(int(char)) for char in number if char.isdecimal())
    digits = digits.removeprefix("00")
    return digits.removeprefix(country).removeprefix("0") if len(digits) > len(country) + 8 else digits.lstrip("0")


def international(number: str, numbers: Numbers) -> str:
    """Give a number in its international form."""
    return f"+{numbers.country}{national(number, numbers.country)}"


def replace_number(text: str, numbers: Numbers, old: str, new: str) -> str:
    """Put one number in the place of another, in the spellings in which cases write it."""
    if old == new:
        return text
    before, after = national(old, numbers.country), national(new, numbers.country)
    for space in ("", ".", "-", " ", "%20"):
        text = text.replace(_parted(before, space), _parted(after, space))
    return text


def _parted(number: str, space: str) -> str:
    return space.join((number[:3], number[3:6], number[6:]))


def find_recipients(url: str, body: str) -> list[str]:
    """Find every recipient that a request names: query, form, JSON at any depth, XML, multipart; names in any case."""
    pairs: list[tuple[str, Any]] = list(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    try:
        held = json.loads(body) if body else None  # numbers may be longer than other readers take
    except (ValueError, RecursionError):
        held = None
    pairs += _members(held)
    pairs += parse_qsl(body, keep_blank_values=True)
    pairs += re.findall(r"<(?:\w+:)?(\w+)[^<>]*>([^<>]*)</", body)
    pairs += re.findall(r'name="?(\w+)"?[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n([^\r\n]*)', body)
    texts = [str(value) for name, value in pairs if name.lower().removesuffix("[]") in RECIPIENTS]
    return [number for text in texts for number in re.split(r"[,;|\n]", text)]


def _members(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a JSON document with the name of the member that it stands in."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _members(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _members(each, name)
    else:
        yield name, value


def put_recipient(value: Any, phone: str) -> None:
    """Put a number in the place of every recipient of a document, however deep it stands."""
    if isinstance(value, list):
        for each in value:
            put_recipient(each, phone)
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, dict) or (isinstance(each, list) and any(isinstance(one, dict) for one in each)):
                put_recipient(each, phone)
            elif name.lower() in RECIPIENTS:
                value[name] = [phone] if isinstance(each, list) else phone
