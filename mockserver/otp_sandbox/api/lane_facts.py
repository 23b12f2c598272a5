"""What is known of a lane without asking, and how a question to one is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import PREFIX, Asking, below
from otp_sandbox.api.exchange import PATIENCE
from otp_sandbox.api.names import Keys, variables

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
T = TypeVar("T")
LONG = 600.0
"""Seconds that a move of the clock may take: it waits for callbacks."""


@dataclass(slots=True)
class Known:
    """What is known of a lane: its id, what the sandbox told, and which messages were given to a test already."""

    id: str
    told: shapes.LaneTold | None = None
    cursors: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def new(self, messages: Sequence[shapes.Message]) -> list[shapes.Message]:
        """Leave out what was given already, and what is older than that."""
        last = max((place for place, each in enumerate(messages) if each["id"] in self.given), default=-1)
        return list(messages[last + 1 :])

    def back(self, messages: Iterable[str] | None = None) -> None:
        """Go back with the lane, whose log begins anew; these messages are still there, or all (None)."""
        self.cursors.clear()
        if messages is not None:  # the same ids are drawn again
            self.given.intersection_update(messages)


class LaneFacts:
    """What the sandbox told of a lane when it was made or opened; the credentials by provider, in lower case."""

    def __init__(self, asking: Asking, known: Known) -> None:
        self.id = known.id
        self._asking = asking
        self._known = known

    def __repr__(self) -> str:
        return f"<lane {self.id} at {self._asking.where.url}>"

    def __getattr__(self, name: str) -> Keys:
        known = self.__dict__.get("_known")
        held = known.told["credentials"] if known is not None and known.told is not None else {}
        if name not in held:
            has = f"credentials: {', '.join(held)}" if held else "its credentials are known when it is opened"
            raise AttributeError(f"a lane has no {name}; {has}")
        return Keys(name, held[name])

    @property
    def base_url(self) -> str:
        """Where the providers answer."""
        return self._told["base_url"]

    @property
    def seed(self) -> int:
        """The number that codes, ids and numbers are drawn from."""
        return self._told["seed"]

    @property
    def credentials(self) -> dict[str, dict[str, str]]:
        """By provider, under the names that the provider has for them."""
        return self._told["credentials"]

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that point an application at this lane: what `otp-sandbox env` prints."""
        return variables(self.base_url, self.credentials)

    @property
    def _told(self) -> shapes.LaneTold:
        if self._known.told is None:
            raise LookupError(f"nothing is known of lane {self.id} yet: open it")
        return self._known.told


class Questions(LaneFacts):
    """Asks about one lane."""

    def __init__(self, asking: Asking, known: Known) -> None:
        super().__init__(asking, known)
        self._path = f"{PREFIX}/lanes{below(known.id)}"

    async def _ask(
        self,
        shape: type[T],
        method: str,
        path: str = "",
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        patience: float = PATIENCE,
    ) -> T:
        return await self._asking.ask(shape, method, self._path + path, query, body, patience=patience)
