"""How a lane wants a provider to be played."""

from __future__ import annotations

from collections.abc import Mapping

from otp_specs import Operation, Outcome, Spec


class Dialect:
    """A spec under the choices of a lane: which row, which number, which option holds."""

    def __init__(self, spec: Spec, choices: Mapping[str, str]) -> None:
        """Work out once what the choices replace."""
        self.spec = spec
        self._options: dict[str, str] = {}
        self._policy = dict(spec.policy)
        self._instead: dict[tuple[str, str | None], str] = {}
        for choice in spec.choices.values():
            options, default = choice.options or {}, choice.default or ""
            chosen = choices.get(choice.id, default)
            self._options[choice.id.partition(".")[2]] = chosen
            old, new = options[default], options[chosen]
            if old.policy is not None and new.policy is not None:
                self._policy[old.policy] = spec.policy[new.policy]
            if old.outcome is not None and new.outcome is not None:
                self._instead[old.outcome, new.cause] = new.outcome
        self._rows: dict[tuple[str, str], Outcome] = {}

    def option(self, choice: str) -> str:
        """Give the option in force; the choice is named without the provider."""
        return self._options[choice]

    def policy(self, number: str) -> int:
        """Give the number in force."""
        return self._policy[number]

    def row(self, operation: Operation, cause: str) -> Outcome:
        """Give the row that answers a cause; a row's own name always finds it (planned and magic outcomes)."""
        row = self._rows.get((operation.name, cause))
        if row is None:
            row = self._rows[operation.name, cause] = self._find_row(operation, cause)
        return row

    def _find_row(self, operation: Operation, cause: str) -> Outcome:
        for answer in operation.answers:
            if cause in answer.causes:
                instead = self._instead
                name = instead.get((answer.outcome, cause)) or instead.get((answer.outcome, None)) or answer.outcome
                return self.spec.outcomes[name]
        return self.spec.outcomes[cause]
