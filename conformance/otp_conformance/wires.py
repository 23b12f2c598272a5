"""How providers write codes and texts. What is each one's own stands in its room."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from otp_conformance.response import Response
from otp_specs import Outcome

OptionOf = tuple[str, str]
"""A choice and one of its options."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How to read a provider's answers, and to write what is no query, form or JSON.

    Attributes:
        codes: keys in which an answer may carry the code of its row, tried in order.
        texts: the same for the text.
        name_is_code: the wire has the row's text where others have a number.
        number_under: the option under which it has the number all the same.
        without_code: rows whose body has no code.
        bare: an answer may be a code alone, a text or a number.
        amounts: operations whose answer may be an amount alone, and for a refusal the number of its row below zero.
        told_code: the members, outermost first, in which an answer hands back the code that was sent.
        told_text: the field in which a send has its text, and what stands there for a code that the provider makes.
        untyped_under: the option under which answers have another media type than the spec says.
        server: what answers carry as `Server`, which is assumed.
        xml: writes fields as the body of operations that take XML.
        numbers: those of `codes` whose value is a number although the table has texts.
    """

    codes: tuple[str, ...]
    texts: tuple[str, ...] = ()
    name_is_code: bool = False
    number_under: OptionOf | None = None
    without_code: frozenset[str] = frozenset()
    bare: bool = False
    amounts: frozenset[str] = frozenset()
    told_code: tuple[str, ...] = ()
    told_text: tuple[str, str] | None = None
    untyped_under: OptionOf | None = None
    server: str = ""
    xml: Callable[[Mapping[str, Any]], str] | None = None
    numbers: frozenset[str] = frozenset()

    @property
    def has_text(self) -> bool:
        """Whether answers carry a text besides the code."""
        return bool(self.texts)

    def read_code(self, body: Any) -> Any:
        """Read the code of a body; None where it has none."""
        if self.bare and isinstance(body, str | int):
            return body
        name = next((each for each in self.codes if each in body), "") if isinstance(body, dict) else ""
        found = body[name] if name else None
        return str(found) if name in self.numbers and type(found) is int else found

    def read_text(self, body: Any) -> Any:
        """Read the text of a body; None where it has none."""
        return _first_of(body, self.texts)

    def read_told_code(self, body: Any) -> str | None:
        """Read the code that was sent, where a body hands it back."""
        for member in self.told_code:
            body = body.get(member) if isinstance(body, dict) else None
        return str(body) if self.told_code and body is not None else None

    def code_in(self, sent: str, arrived: str) -> str | None:
        """Read the code in a message that arrived, if it is the one with a text that was sent."""
        mark = self.told_text[1] if self.told_text is not None else ""
        if not mark or mark not in sent:
            return None
        parts = [r"\s+".join(map(re.escape, part.split())) for part in sent.split(mark)]
        # What is nothing but a code has to be all of the message; else others may put something around it.
        pattern = r"\s*(?P<code>[0-9A-Za-z]+)\s*".join((parts[0], r".*".join(parts[1:])))
        found = (re.search if any(parts) else re.fullmatch)(pattern, arrived, re.DOTALL)
        return found["code"] if found is not None else None

    def code_of(self, row: Outcome, response: Response) -> Any:
        """Give what a response has as code if it is of a row."""
        if row.name in self.without_code:
            return None
        if response.operation.name in self.amounts:
            return self._code_as_amount(row, response.json)
        numbered = self.number_under is not None and response.option(self.number_under[0]) == self.number_under[1]
        return row.message if self.name_is_code and not numbered else row.code

    def _code_as_amount(self, row: Outcome, body: Any) -> Any:
        """Give what stands in place of a code: any amount is one of a success; an object has the number of the row."""
        if isinstance(body, dict):
            return row.code
        success = row.success and type(body) is int and body >= 0
        return body if success else -abs(int(row.code))


def _first_of(body: Any, keys: tuple[str, ...]) -> Any:
    return next((body[key] for key in keys if key in body), None) if isinstance(body, dict) else None
