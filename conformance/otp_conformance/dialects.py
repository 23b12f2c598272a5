"""How providers write codes and texts, and what a call needs. What is each one's own: `conformance/providers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from otp_conformance.providers import ByProvider
from otp_specs import Outcome

if TYPE_CHECKING:
    from otp_conformance.driver import Answer


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read a provider's answers, and what a call needs besides its credentials.

    `credentials` maps credential names of the control API to request fields. `codes` and `texts` are the keys in which
    an answer may carry them, tried in order; `name_is_code` says that the wire has the row's text where others have a
    number, `without_code` are the rows whose body has none. `good` are the fields of good calls that are to be others
    than the examples of the spec (`conformance.good`), by the operation's name; `phone` is a number that may be sent
    to. `xml` writes fields as the body of operations that take XML; `remembered` are fields whose values an account
    takes once only, so that they must differ from case to case where cases share a world.
    """

    credentials: tuple[str, ...]
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    good: Mapping[str, Mapping[str, Any]]
    phone: str
    name_is_code: bool = False
    without_code: frozenset[str] = frozenset()
    xml: Callable[[Mapping[str, Any]], str] | None = None
    remembered: frozenset[str] = frozenset()

    @property
    def has_text(self) -> bool:
        """Whether answers carry a text besides the code."""
        return bool(self.texts)

    def code(self, answer: Answer) -> Any:
        """Read the code of an answer; None where it has none."""
        return self._first(answer, self.codes)

    def text(self, answer: Answer) -> Any:
        """Read the text of an answer; None where it has none."""
        return self._first(answer, self.texts)

    def written_code(self, row: Outcome, *, numeric: bool = False) -> Any:
        """Give what the wire has for a row."""
        if row.name in self.without_code:
            return None
        return row.message if self.name_is_code and not numeric else row.code

    def _first(self, answer: Answer, keys: tuple[str, ...]) -> Any:
        body = answer.json
        if not isinstance(body, dict):
            return None
        return next((body[key] for key in keys if key in body), None)


DIALECTS: Final[Mapping[str, Dialect]] = ByProvider[Dialect]("DIALECT")
"""The dialect of each provider, by its name."""
