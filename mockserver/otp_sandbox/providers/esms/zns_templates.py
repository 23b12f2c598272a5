"""A registered Zalo template (ZNS): its text, its variables, and what they take."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from otp_sandbox.domain.accounts import Checked, Price, Within
from otp_sandbox.domain.code_in_text import names_code
from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.providers.esms.templates import code_in, fits

PARAMETERS_MOST: Final = 50
"""Parameters of a template at most, and buttons."""
_COUNT_MOST: Final = 10**9

_PLACE: Final = re.compile(r"<(\w+)>")
_NUMBER_DIGITS: Final = 12
_DATE: Final = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)

Count: TypeAlias = Annotated[int, Within(0, _COUNT_MOST)]
Quality = Literal["HIGH", "MEDIUM", "LOW", "UNDEFINED"]
TemplateStatus = Literal["approved", "pending", "rejected", "disabled", "deleted"]
ParameterType = Literal["text", "number", "date", "cta_url"]


def at_most(most: int) -> Checked:
    """Tell pydantic how many entries a list may have."""

    def check(values: Any) -> Any:
        if values is not None and len(values) > most:
            raise ValueError(f"has more than {most} entries")
        return values

    return Checked(check)


@dataclass(frozen=True, slots=True)
class ZnsParameter:
    """A variable of a Zalo template, and which values it takes. Lengths are in characters.

    One that `accepts_empty` takes no text at all; one that is not `required` may be left out, and is empty then.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    type: ParameterType = "text"
    max_length: Annotated[int, Within(1, TEXT_MOST)] = 100
    min_length: Annotated[int, Within(0, TEXT_MOST)] = 0
    required: bool = True
    accepts_empty: bool = False

    def takes(self, value: str) -> bool:
        """Whether a value has its type and length."""
        if not value:
            return self.accepts_empty or not self.required
        return self.min_length <= len(value) <= self.max_length and _HAS_TYPE[self.type](value)


def _any_value(name: str) -> ZnsParameter:
    return ZnsParameter(name, max_length=TEXT_MOST, accepts_empty=True)


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _NUMBER_DIGITS


def _is_date(value: str) -> bool:
    found = _DATE.fullmatch(value)
    if found is None:
        return False
    day, month, year = map(int, found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


_HAS_TYPE: Final[Mapping[ParameterType, Callable[[str], bool]]] = {
    "text": lambda _: True,
    "number": _is_number,
    "date": _is_date,
    "cta_url": lambda _: True,
}


@dataclass(frozen=True, slots=True)
class ZnsButton:
    """A button below a template. `type`: 1 company page, 2 call, 3 the account's page, 4 to 8 apps and other pages."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    title: str
    content: str
    type: Literal[1, 2, 3, 4, 5, 6, 7, 8] = 1


@dataclass(frozen=True, slots=True)
class ZnsRegistration:
    """How a template was registered: under which number, and who wants to know how it fares."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    number: Count
    callback_url: str = ""


@dataclass(frozen=True, slots=True)
class ZnsTemplate:
    """A Zalo template. Its places are written `<name>`, and are filled in their order.

    `parameters` None: each place takes any text. `price` None is the account's. `timeout_ms` is how long Zalo tries.
    `sms_type` 24 or 25 lists it among the priority or the normal ones, None among both. `registration` is that of a
    template that a request registered.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    text: str
    name: str = ""
    status: TemplateStatus = "approved"
    parameters: Annotated[tuple[ZnsParameter, ...] | None, at_most(PARAMETERS_MOST)] = None
    buttons: Annotated[tuple[ZnsButton, ...], at_most(PARAMETERS_MOST)] = ()
    price: Price | None = None
    tag: str = "TRANSACTION"
    quality: Quality | None = None
    preview_url: str = ""
    reason: str = ""
    timeout_ms: Count = 7_200_000
    sms_type: Literal[24, 25] | None = None
    registration: ZnsRegistration | None = None

    @property
    def approved(self) -> bool:
        """Whether it may be sent."""
        return self.status == "approved"

    @property
    def names(self) -> tuple[str, ...]:
        """What it takes values for: its parameters in their order, and places of its text that are none of them."""
        return tuple(dict.fromkeys([*(each.name for each in self.parameters or ()), *_PLACE.findall(self.text)]))

    @property
    def places(self) -> int:
        """How many values it takes: a place that is named twice takes one."""
        return len(self.names)

    @property
    def known_parameters(self) -> tuple[ZnsParameter, ...]:
        """Its parameters; a place that nothing is registered of takes what it gets."""
        held = {each.name: each for each in self.parameters or ()}
        return tuple(
            held.get(name) or ZnsParameter(name, max_length=TEXT_MOST, accepts_empty=True) for name in self.names
        )

    def takes(self, values: Sequence[str]) -> bool:
        """Whether there is one right value for each place, and what they make is not too long."""
        if len(values) != self.places or not self._may_hold(values):
            return False
        held = self._held(values)
        text = len(self.text) + sum(len(held[name]) - len(name) - 2 for name in _PLACE.findall(self.text))
        return text <= TEXT_MOST

    def _may_hold(self, values: Sequence[str]) -> bool:
        return all(each.takes(value) for each, value in zip(self.known_parameters, values, strict=True))

    def values_of(self, named: Mapping[str, str]) -> tuple[str, ...] | None:
        """Put named values into the order of its places; None when one is missing or unknown."""
        optional = {each.name for each in self.known_parameters if not each.required}
        names = self.names
        if not named.keys() <= set(names) or any(name not in named and name not in optional for name in names):
            return None
        return tuple(named.get(name, "") for name in names)

    def filled(self, values: Sequence[str]) -> str:
        """Put values into the places."""
        held = self._held(values)
        return _PLACE.sub(lambda place: held[place[1]], self.text)

    def fits(self, text: str) -> bool:
        """Whether a whole text is one that its values could have made; only their lengths count."""
        return fits((self._pattern(),), text.strip())

    def code_in(self, text: str) -> str | None:
        """Give what stands in a text where the place is that is called like a code."""
        return code_in((self._pattern(mark_code=True),), text.strip())

    def _pattern(self, *, mark_code: bool = False) -> str:
        """Write its text as a template of SMS is written."""
        most = {each.name: each.max_length for each in self.parameters or ()}

        def place(found: re.Match[str]) -> str:
            if mark_code and names_code(found[1]):
                return "{OTP}"
            return f"{{P,{most[found[1]]}}}" if found[1] in most else "{P}"

        return _PLACE.sub(place, self.text)

    def code(self, values: Sequence[str]) -> str | None:
        """Give the value of the place that is called like a code, None if there is none."""
        return next((value for name, value in self._held(values).items() if names_code(name)), None)

    def _held(self, values: Sequence[str]) -> dict[str, str]:
        return dict(zip(self.names, values, strict=True))


def any_template(template_id: str, names: Sequence[str]) -> ZnsTemplate:
    """Give a template with places of these names, as far as a place can be called so."""
    return ZnsTemplate(template_id, " ".join(f"<{name}>" for name in names if _PLACE.fullmatch(f"<{name}>")))


def value_names(count: int) -> list[str]:
    """Name the places of a template that takes some values; a single one is a code."""
    return ["otp"] if count == 1 else [f"value{number}" for number in range(1, count + 1)]
