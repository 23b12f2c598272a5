"""What an account has besides sender names and Zalo: texts of calls, registrations, short codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from otp_sandbox.domain.accounts import Checked, Within
from otp_sandbox.domain.callbacks import http_address
from otp_sandbox.domain.code_in_text import names_code

_PLACE: Final = re.compile(r"<(\w+)>")
_VARIABLE: Final = re.compile(r"\{(?!P\d*[},:]|OTP\}|CODE\})[^{}:]*(?::([1-9]\d{0,4}))?\}")
REGISTRATIONS_MOST: Final = 200
"""Registrations that an account holds; a new one beyond them takes the place of the oldest."""
PREVIEW_MOST: Final = 2**31 - 1
FAILED: Final = 0
RECEIVED: Final = 1
REGISTERED: Final = 2


@dataclass(frozen=True, slots=True)
class CallTemplate:
    """What a call says. Its places are written `<name>` and are filled in their order; one named like a code has one.

    `recorded` false says that there is no file to play.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    text: str = ""
    recorded: bool = True

    def filled(self, values: tuple[str, ...]) -> str:
        """Put values into the places: one that has no value stays empty."""
        left = iter(values)
        return _PLACE.sub(lambda _: next(left, ""), self.text)

    def code(self, values: tuple[str, ...]) -> str | None:
        """Give the value of the place that is called like a code, None if there is none."""
        held = zip(_PLACE.findall(self.text), values, strict=False)
        return next((value for name, value in held if names_code(name)), None)


@dataclass(frozen=True, slots=True)
class SmsRegistration:
    """A text that the customer wants registered for a sender name. `status`: 0 failed, 1 received, 2 registered."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: Annotated[int, Within(1, PREVIEW_MOST)]
    brandname: str
    content: str
    sms_type: Literal[2, 8] = 2
    status: Literal[0, 1, 2] = RECEIVED
    callback_url: str = ""

    @property
    def template(self) -> str:
        """The text as a template: `{name:20}` takes 20 characters, `{name}` any number."""
        return _VARIABLE.sub(lambda place: f"{{P:{place[1]}}}" if place[1] else "{P}", self.content)


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A short code of the customer's, and the address that is called when a phone writes to it.

    `private_key` signs; `cpid` is the customer's number there.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("number",)

    number: str
    url: Annotated[str, Checked(http_address)]
    cpid: str = ""
    private_key: str = ""
