"""What a provider answered, with the table that it is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from otp_conformance.exchange import Exchange
from otp_specs import Operation, Spec


def option_in_force(spec: Spec, choices: Mapping[str, str], choice: str) -> str | None:
    """Give the option of a choice that was made, else its default; None where the provider has no such choice."""
    known = spec.choices.get(choice)
    return choices.get(choice, known.default) if known is not None else None


@dataclass(slots=True)
class Response:
    """An answer. `choices` are those that were made for the world it comes from."""

    exchange: Exchange
    spec: Spec
    operation: Operation
    choices: Mapping[str, str]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.exchange.status

    @property
    def text(self) -> str:
        """The body as it came."""
        return self.exchange.answer

    @property
    def json(self) -> Any:
        """The body as values, None if it is neither JSON nor XML."""
        return self.exchange.json

    def option(self, choice: str) -> str | None:
        """Give the option in force for a choice, by its full id."""
        return option_in_force(self.spec, self.choices, choice)

    def row_for(self, outcome: str) -> str:
        """Give the row that stands for an outcome under the choices in force."""
        for choice in self.spec.choices.values():
            options = choice.options or {}
            default, chosen = options[choice.default or ""], options[self.choices.get(choice.id, choice.default or "")]
            if default.outcome == outcome and chosen.outcome is not None and default.cause is None:
                return chosen.outcome
        return outcome

    def describe(self) -> str:
        """Say what came in a line."""
        return f"HTTP {self.status} {self.exchange.mask(self.text)[:500]}"
