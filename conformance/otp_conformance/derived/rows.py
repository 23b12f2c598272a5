"""Rows of the provider's table, each once: under another option, with its number, with a text that is assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from otp_conformance.case import Case, Level
from otp_conformance.derived.making import make_refusal, operations_of, pinned_choices
from otp_conformance.derived.wrongs import Wrong, commit, find_wrongs
from otp_conformance.driver import Driver
from otp_conformance.expect import expect, expect_text
from otp_conformance.response import Response
from otp_conformance.rooms import ROOMS, spec_of
from otp_specs import Behaviour, Operation, Option, Spec


@dataclass(frozen=True, slots=True)
class _Way:
    """How a row comes about: by what is wrong with a call of an operation, under some choices."""

    operation: Operation
    wrong: Wrong
    row: str
    choices: Mapping[str, str] = field(default_factory=dict)


def derive_rows(provider: str) -> Iterator[Case]:
    """Make the cases about rows of the table."""
    room, spec = ROOMS[provider], spec_of(provider)
    ways = [
        _Way(operation, wrong, wrong.outcome, pinned_choices(spec, [wrong]))
        for operation in operations_of(spec)
        for wrong in find_wrongs(operation, room)
    ]
    # Strangers are answered as the lane of all of them has chosen, so what anybody else may meet comes first.
    ways.sort(key=lambda way: way.wrong.fault.by_stranger)
    chosen = dict(_under_options(spec, ways))
    for name, way in chosen.items():
        yield _row_of_option(spec, name, way)
    by_row = {way.row: way for way in reversed([*ways, *chosen.values()])}
    for row, way in by_row.items():
        if spec.outcomes[row].text_is_assumed:
            yield _assumed_text(spec, way)
        if room.wire.number_under is not None:
            yield _number(spec, way, *room.wire.number_under)


def _under_options(spec: Spec, ways: list[_Way]) -> Iterator[tuple[str, _Way]]:
    """Give the ways to the rows that options put in the place of the default's, by the choice and its option."""
    for choice in spec.choices.values():
        for option in (choice.options or {}).values():
            way = next((each for each in ways if _replaces(choice, option, each)), None)
            if way is not None:
                choices = {**way.choices, choice.id: option.id}
                yield f"{choice.id}={option.id}", _Way(way.operation, way.wrong, option.outcome or "", choices)


def _replaces(choice: Behaviour, option: Option, way: _Way) -> bool:
    default = (choice.options or {})[choice.default or ""]
    cause = option.cause or default.cause
    return (
        None not in (default.outcome, option.outcome)
        and option.id != choice.default
        and way.row == default.outcome
        and way.wrong.cause == (cause or way.wrong.cause)
    )


def _row_of_option(spec: Spec, name: str, way: _Way) -> Case:
    return _case_of(
        way,
        f"{spec.provider}.options.row[{name.partition('.')[2]}]",
        "Where an option has another row for something that is wrong, that row is answered.",
        [name, f"{spec.provider}:{way.row}"],
    )


def _assumed_text(spec: Spec, way: _Way) -> Case:
    return _case_of(
        way,
        f"{spec.provider}.texts.assumed[{way.row}]",
        "No source has the text of this row: another one than ours is noted, and is no failure.",
        [f"{spec.provider}:{way.row}"],
        level=Level.NOTE,
        look=expect_text,
    )


def _number(spec: Spec, way: _Way, choice: str, option: str) -> Case:
    return _case_of(
        way,
        f"{spec.provider}.numbers.number[{way.row}]",
        "Where rows are told by their numbers, each has the number that the table has for it.",
        [f"{spec.provider}:{way.row}"],
        choices={**way.choices, choice: option},
    )


def _case_of(
    way: _Way,
    name: str,
    rule: str,
    covers: list[str],
    *,
    level: Level = Level.SHOULD,
    choices: Mapping[str, str] | None = None,
    look: Callable[[Response, str], object] | None = None,
) -> Case:
    """Make the case of a row: the call goes wrong in this way, and the answer is looked at."""

    async def run(driver: Driver) -> None:
        answer = await commit(driver, way.operation.name, way.wrong.fault, strangers=way.choices)
        expect(answer, way.row)
        if look is not None:
            look(answer, way.row)

    return make_refusal(
        name,
        rule,
        run,
        way.operation,
        way.wrong.fault,
        covers=covers,
        choices=choices if choices is not None else way.choices,
        level=level,
        sources=(),
    )
