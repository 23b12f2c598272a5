"""What a case is: a rule in one sentence, what it needs, and the function that drives a target."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Awaitable[None]])


class Level(StrEnum):
    """How much a failure counts."""

    MUST = "must"  # documented or observed; a failure means not conformant
    SHOULD = "should"  # assumed with good reason; a failure means not conformant
    NOTE = "note"  # what nobody knows: no verdict


class Feature(StrEnum):
    """A power that a target may lend to a case. What it lacks is not applicable, never passed."""

    READ_CODE = "read a code"
    LANES = "a world of its own"
    CLOCK = "move the clock"
    ACCOUNTS = "change the account"
    CHOICES = "choose contested behaviour"
    MESSAGES = "read messages"
    RENTALS = "let an SMS or a call arrive"
    CALLBACKS = "read callbacks"
    CONCURRENCY = "many requests at once"


class Tier(IntEnum):
    """What a case costs on a live target."""

    NOTHING = 0  # nothing is sent: wrong credentials, malformed input
    READS = 1  # free reads
    SENDS = 2  # messages or rentals that cost money
    WAITS = 3  # long waits besides


@dataclass(frozen=True, slots=True)
class Case:
    """One idea about one provider.

    `id` is `provider.family.name`, with `[row]` where a table gives several inputs. `covers` names the behaviours,
    outcomes (`provider:outcome`) and options (`choice=option`) that it is about; `sources` are those of what it
    covers, where it has none of its own; `kills` the mutants that it finds. `requests` bounds what it sends at a real
    provider, where that is not what cases usually send; `never_live` says why it is not tried there at all.
    """

    id: str
    provider: str
    family: str
    rule: str
    level: Level
    tier: Tier
    needs: frozenset[Feature]
    sources: tuple[str, ...]
    covers: tuple[str, ...]
    kills: tuple[str, ...]
    choices: Mapping[str, str]
    sends: int
    run: Callable[..., Awaitable[None]]
    arguments: tuple[Any, ...] = ()
    requests: int = 0
    never_live: str = ""


CASES: dict[str, Case] = {}


def case(
    provider: str,
    family: str,
    *,
    rule: str,
    sources: Iterable[str] = (),
    level: Level = Level.MUST,
    tier: Tier = Tier.SENDS,
    needs: Iterable[Feature] = (),
    covers: Iterable[str] = (),
    kills: Iterable[str] = (),
    choices: Mapping[str, str] | None = None,
    sends: int = 1,
    rows: Mapping[str, tuple[Any, ...]] | None = None,
) -> Callable[[F], F]:
    """Register a case. With `rows`, one for each row: its values follow the driver as arguments.

    `choices` are put in force before the case runs; where a target cannot do that, the case is judged only if they
    are in force there anyway.
    """

    def register(function: F) -> F:
        made = Case(
            id=f"{provider}.{family.replace(' ', '-')}.{getattr(function, '__name__', 'case')}",
            provider=provider,
            family=family,
            rule=rule,
            level=level,
            tier=tier,
            needs=frozenset(needs),
            sources=tuple(sources),
            covers=tuple(covers),
            kills=tuple(kills),
            choices=dict(choices or {}),
            sends=sends if tier >= Tier.SENDS else 0,
            run=function,
        )
        for name, arguments in rows.items() if rows is not None else ():
            _add(replace(made, id=f"{made.id}[{name}]", arguments=arguments))
        if rows is None:
            _add(made)
        return function

    return register


def _add(made: Case) -> None:
    if made.id in CASES:
        raise ValueError(f"case {made.id} stands twice")
    CASES[made.id] = made
