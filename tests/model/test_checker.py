"""The checker of histories says yes and no where it is known what is right, and as trying all orders does."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from itertools import chain, combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment.linearizability import NEVER, UNKNOWN, Call, History, Model, NotLinearizable, check
from equipment.sequential import BALANCE, COUNTER, Life, Numbers, codes, renting

CODE = codes(lives=60)
RENTING = renting(pause=5, most=2)


def history(*calls: tuple[Hashable, Hashable, float, float]) -> list[Call]:
    """Make a history about one thing of (asked, answer, began, ended)."""
    return [Call("it", *each) for each in calls]


def explained(calls: list[Call], start: Hashable, model: Model) -> bool:
    """Whether some order explains the calls."""
    try:
        check(calls, lambda _: start, model)
    except NotLinearizable:
        return False
    return True


SEND, CHECK, MINUTE = ("send",), ("check", "A"), ("advance", 60.0)
CODES = {
    "one after another": ([(SEND, "A", 0, 1), (CHECK, True, 2, 3), (CHECK, False, 4, 5)], True),
    "used twice, one after another": ([(SEND, "A", 0, 1), (CHECK, True, 2, 3), (CHECK, True, 4, 5)], False),
    "used twice at once": ([(SEND, "A", 0, 1), (CHECK, True, 2, 4), (CHECK, True, 3, 5)], False),
    "refused before it is sent": ([(CHECK, False, 0, 1), (SEND, "A", 2, 3), (CHECK, True, 4, 5)], True),
    "refused while it is sent": ([(SEND, "A", 0, 3), (CHECK, False, 1, 2), (CHECK, True, 4, 5)], True),
    "accepted while it is sent": ([(SEND, "A", 0, 3), (CHECK, True, 1, 2), (CHECK, False, 4, 5)], True),
    "accepted before it is sent": ([(CHECK, True, 0, 1), (SEND, "A", 2, 3)], False),
    "refused though it is alive": ([(SEND, "A", 0, 1), (CHECK, False, 2, 3)], False),
    "good although replaced": ([(SEND, "A", 0, 1), (SEND, "B", 2, 3), (CHECK, True, 4, 5)], False),
    "good while it is replaced": ([(SEND, "A", 0, 1), (SEND, "B", 2, 5), (CHECK, True, 3, 4)], True),
    "the later of two sends is gone": (
        [(SEND, "A", 0, 1), (SEND, "B", 2, 3), (("check", "B"), False, 4, 5)],
        False,
    ),
    "two sends at once, either may be the last": ([(SEND, "A", 0, 2), (SEND, "B", 1, 3), (CHECK, True, 4, 5)], True),
    "nothing was heard of a check that used it": (
        [(SEND, "A", 0, 1), (CHECK, UNKNOWN, 2, NEVER), (CHECK, False, 3, 4)],
        True,
    ),
    "nothing was heard of a check that may have come to nothing": (
        [(SEND, "A", 0, 1), (CHECK, UNKNOWN, 2, NEVER), (CHECK, True, 3, 4)],
        True,
    ),
    "what was not asked yet is no excuse": (
        [(SEND, "A", 0, 1), (CHECK, False, 2, 3), (CHECK, UNKNOWN, 4, NEVER)],
        False,
    ),
    "what changes nothing now may do so later": (
        [
            *((SEND, "A", 0, 1), (SEND, "B", 2, 3), (SEND, "A", 4, 6), (SEND, "B", 5, 7)),
            (CHECK, False, 8, 9),
        ],
        True,
    ),
    "expired": ([(SEND, "A", 0, 1), (MINUTE, None, 2, 3), (CHECK, False, 4, 5)], True),
    "good although expired": ([(SEND, "A", 0, 1), (MINUTE, None, 2, 3), (CHECK, True, 4, 5)], False),
    "good while it expires": ([(SEND, "A", 0, 1), (MINUTE, None, 2, 5), (CHECK, True, 3, 4)], True),
    "nothing was heard of a send": ([(SEND, UNKNOWN, 0, NEVER), (CHECK, True, 1, 2), (CHECK, True, 3, 4)], False),
}
CHARGE, READ = ("charge", 10), ("read",)
BALANCES = {
    "nobody has anything": ([], True),
    "enough for two": ([(CHARGE, True, 0, 1), (CHARGE, True, 2, 3), (CHARGE, False, 4, 5), (READ, 5, 6, 7)], True),
    "three at once": ([(CHARGE, True, 0, 3), (CHARGE, True, 1, 4), (CHARGE, True, 2, 5)], False),
    "a charge is lost": ([(CHARGE, True, 0, 2), (CHARGE, True, 1, 3), (READ, 15, 4, 5)], False),
    "read while it is charged": ([(CHARGE, True, 0, 3), (READ, 25, 1, 2), (READ, 15, 4, 5)], True),
    "an old value is read": ([(CHARGE, True, 0, 1), (READ, 25, 2, 3)], False),
    "a value comes back": ([(CHARGE, True, 0, 5), (READ, 15, 1, 2), (READ, 25, 3, 4)], False),
    "set meanwhile": ([(CHARGE, True, 0, 1), (("set", 100), None, 2, 5), (READ, 100, 3, 4), (READ, 100, 6, 7)], True),
    "set, and set back": ([(("set", 100), None, 0, 1), (READ, 25, 2, 3)], False),
    "nothing was heard of a charge": ([(CHARGE, UNKNOWN, 0, NEVER), (READ, 25, 1, 2), (READ, 15, 3, 4)], True),
}
RENT, WAIT = ("rent",), ("advance", 5.0)
RENTALS = {
    "five seconds apart": ([(RENT, "a", 0, 1), (WAIT, None, 2, 3), (RENT, "b", 4, 5)], True),
    "two at once": ([(RENT, "a", 0, 2), (RENT, "b", 1, 3)], False),
    "too soon": ([(RENT, "a", 0, 1), (RENT, "too soon", 2, 3)], True),
    "too soon, without another": ([(RENT, "too soon", 0, 1)], False),
    "while the time passes": ([(RENT, "a", 0, 1), (WAIT, None, 2, 5), (RENT, "b", 3, 4)], True),
    "three wait": (
        [(RENT, "a", 0, 1), (WAIT, None, 2, 3), (RENT, "b", 4, 5), (WAIT, None, 6, 7), (RENT, "c", 8, 9)],
        False,
    ),
    "the third is too many": (
        [(RENT, "a", 0, 1), (WAIT, None, 2, 3), (RENT, "b", 4, 5), (WAIT, None, 6, 7), (RENT, "full", 8, 9)],
        True,
    ),
    "one is done meanwhile": (
        [
            *((RENT, "a", 0, 1), (WAIT, None, 2, 3), (RENT, "b", 4, 5), (WAIT, None, 6, 7)),
            *((("arrive", "a"), True, 8, 11), (RENT, "c", 9, 10)),
        ],
        True,
    ),
    "two arrivals at one": ([(RENT, "a", 0, 1), (("arrive", "a"), True, 2, 4), (("arrive", "a"), True, 3, 5)], False),
}
COUNTS = {
    "in any order": ([("next", 2, 0, 3), ("next", 1, 1, 4), ("next", 3, 2, 5)], True),
    "a number twice": ([("next", 1, 0, 2), ("next", 1, 1, 3)], False),
    "a number is left out": ([("next", 1, 0, 1), ("next", 3, 2, 3)], False),
    "a number was used by what was not heard of": (
        [("next", 1, 0, 1), ("next", UNKNOWN, 2, NEVER), ("next", 3, 3, 4)],
        True,
    ),
    "back": ([("next", 2, 0, 1), ("next", 1, 2, 3)], False),
}
KNOWN = [
    pytest.param(calls, start, model, right, id=name)
    for held, start, model in (
        (CODES, Life(), CODE),
        (BALANCES, 25, BALANCE),
        (RENTALS, Numbers(0), RENTING),
        (COUNTS, 0, COUNTER),
    )
    for name, (calls, right) in held.items()
]


@pytest.mark.parametrize(("calls", "start", "model", "right"), KNOWN)
def test_what_is_known_of_a_history_is_found(calls: list[Any], start: Hashable, model: Model, right: bool) -> None:  # noqa: FBT001
    """Some are in order and some are not."""
    found = explained(history(*calls), start, model)

    assert found is right


def test_things_are_looked_at_each_for_itself() -> None:
    """What is wrong with one is told by its name."""
    calls = [Call("0901", SEND, "A", 0, 1), Call("0902", CHECK, True, 2, 3)]

    with pytest.raises(NotLinearizable) as refused:
        check(calls, lambda _: Life(), CODE)

    assert refused.value.key == "0902"
    assert str(refused.value) == "0902: 0 of 1 calls have an order; none goes on with\n  2–3  ('check', 'A') → True"


@pytest.mark.parametrize("wrong", [0, 1])
def test_many_calls_at_once_are_no_riddle(wrong: int) -> None:
    """A thousand that all overlap, whether the answer is yes or no: alike ones are not tried in all their orders."""
    charges = [("charge", 10)] * 1000
    paid = [number < 500 + wrong for number in range(1000)]
    calls = history(*((asked, told, n, 2000 + n) for n, (asked, told) in enumerate(zip(charges, paid, strict=True))))

    assert explained(calls, 5000, BALANCE) is (wrong == 0)


_asked: dict[str, tuple[Any, Any, Any, Any]] = {
    "code": (
        Life(),
        CODE,
        st.one_of(
            st.tuples(st.just(SEND), st.sampled_from("AB")),
            st.tuples(st.sampled_from([CHECK, ("check", "B")]), st.booleans()),
            st.tuples(st.just(MINUTE), st.none()),
        ),
        "send",
    ),
    "balance": (
        15,
        BALANCE,
        st.one_of(
            st.tuples(st.sampled_from([CHARGE, ("charge", 5)]), st.booleans()),
            st.tuples(st.just(READ), st.sampled_from([0, 5, 10, 15])),
            st.tuples(st.just(("set", 10)), st.none()),
        ),
        "",
    ),
    "rentals": (
        Numbers(0),
        renting(5, 1),
        st.one_of(
            st.tuples(st.just(RENT), st.sampled_from(["a", "b", "too soon", "full"])),
            st.tuples(st.just(WAIT), st.none()),
            st.tuples(st.just(("arrive", "a")), st.booleans()),
        ),
        "rent",
    ),
    "counter": (0, COUNTER, st.tuples(st.just("next"), st.integers(1, 4)), ""),
}


@st.composite
def _histories(draw: st.DrawFn) -> tuple[Hashable, Model, list[Call]]:
    """Make a small history: mostly calls that overlap, with answers that may be right or wrong, or missing."""
    start, model, calls, never_unknown = _asked[draw(st.sampled_from([*_asked]))]
    made = draw(st.lists(calls, min_size=1, max_size=6))
    order = draw(st.permutations([number for number in range(len(made)) for _ in range(2)]))
    times: dict[int, list[float]] = {number: [] for number in range(len(made))}
    for time, number in enumerate(order):
        times[number].append(time)
    found = []
    for number, (asked, answer) in enumerate(made):
        began, ended = times[number]
        silent = asked[0] != never_unknown and draw(st.integers(0, 5)) == 0
        found.append(Call("it", asked, UNKNOWN if silent else answer, began, NEVER if silent else ended))
    return start, model, found


@given(_histories())
def test_it_says_what_trying_all_orders_says(made: tuple[Hashable, Model, list[Call]]) -> None:
    """Also where nothing was heard of some: any of them may be left out."""
    start, model, calls = made
    must = [each for each in calls if each.ended < NEVER]
    may = [each for each in calls if each.ended == NEVER]
    chosen = chain.from_iterable(combinations(may, size) for size in range(len(may) + 1))

    right = any(_fits(order, start, model) for some in chosen for order in permutations([*must, *some]))

    assert explained(calls, start, model) is right


def _fits(order: tuple[Call, ...], start: Hashable, model: Model) -> bool:
    """Whether an order keeps to what did not overlap, and gives all answers."""
    if any(late.ended < early.began for at, early in enumerate(order) for late in order[at + 1 :]):
        return False
    states = {start}
    for each in order:
        looks = model.looks(each.asked, each.answer)
        assert not looks or all({*model.step(state, each.asked, each.answer)} <= {state} for state in states)
        states = {after for state in states for after in model.step(state, each.asked, each.answer)}
    return bool(states)


async def test_a_recorder_orders_what_did_not_overlap() -> None:
    """Beginnings and ends have different times; a call that fails has no end."""
    history, gate = History(), asyncio.Event()

    async def answer(found: int) -> int:
        await gate.wait()
        return found

    async def fail() -> int:
        raise OSError

    first = asyncio.ensure_future(history.note("it", "a", answer(1), str))
    second = asyncio.ensure_future(history.note("it", "b", answer(2), str))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, second)
    with pytest.raises(OSError, match=r"^$"):
        await history.note("it", "c", fail(), str)

    assert history.calls == [
        Call("it", "a", "1", 0, 2),
        Call("it", "b", "2", 1, 3),
        Call("it", "c", UNKNOWN, 4, NEVER),
    ]
