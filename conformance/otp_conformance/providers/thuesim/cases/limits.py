"""The interval between two rents, and the limit of waiting rentals."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Level
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, expect_text, text_of
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    ARRIVALS,
    CLOCK,
    NO_MATCH,
    NUMBERS,
    RENT,
    Rental,
    let_text_arrive,
    read_code,
    rent,
    rent_again,
    take_time,
    wire_case,
)

interval_case = partial(wire_case, "thuesim", "interval")
waiting_limit_case = partial(wire_case, "thuesim", "waiting limit")


@interval_case(
    rule="Two numbers are taken at least five seconds apart; five seconds later is late enough.",
    needs=CLOCK,
    sends=2,
    covers=["thuesim:too_soon", "thuesim:rented", "thuesim.five-second-rule", "thuesim.too-soon-answer=429"],
    kills=["thuesim.interval-inclusive"],
    rows={
        "at-once": ("0s", "too_soon"),
        "before": ("4999ms", "too_soon"),
        "at": ("5s", "rented"),
        "after": ("5001ms", "rented"),
    },
)
async def interval(thuesim: Driver, by: str, outcome: str) -> None:
    await thuesim.account(arrival="manual")
    await rent(thuesim)

    await thuesim.advance(by)

    expect(await thuesim.call(RENT), outcome, seconds=5)


@interval_case(
    rule="Renting again is a taking too: both share one interval, whichever comes first.",
    level=Level.SHOULD,
    needs=[*ARRIVALS, *CLOCK],
    sends=3,
    covers=["thuesim:too_soon", "thuesim:rented", "thuesim.five-second-scope", "thuesim.five-second-rule"],
    kills=["thuesim.interval-per-kind", "thuesim.interval-inclusive"],
    rows={
        "again-before": ("rent", "4999ms", "too_soon"),
        "again-at": ("rent", "5s", "rented"),
        "rent-before": ("again", "4999ms", "too_soon"),
        "rent-at": ("again", "5s", "rented"),
    },
)
async def interval_is_shared(thuesim: Driver, first: str, by: str, outcome: str) -> None:
    await thuesim.account(arrival="manual")
    rental = await rent(thuesim)
    await let_text_arrive(thuesim, rental)
    if first == "again":
        await thuesim.advance("1m")
        expect(await rent_again(thuesim, rental), "rented")
    await thuesim.advance(by)

    second = await rent_again(thuesim, rental) if first == "rent" else await thuesim.call(RENT)

    expect(second, outcome, seconds=5)


@interval_case(
    rule="A refused try does not start the interval anew, whatever it was refused for.",
    level=Level.SHOULD,
    needs=CLOCK,
    sends=2,
    choices={"thuesim.unknown-prefix": "refused"},
    covers=["thuesim.failed-rent-keeps-interval", "thuesim:rented"],
    kills=["thuesim.interval-restarts"],
    rows={
        "too-soon": ("4s", {}, "too_soon", "1s"),
        "service": ("5s", {"serviceId": "01.999"}, "service_unknown", "0s"),
        "filter": ("5s", {"yPrefix": "x"}, "prefix_unknown", "0s"),
        "stock": ("5s", NO_MATCH, "out_of_stock", "0s"),
    },
)
async def refusals_keep_it(thuesim: Driver, by: str, changes: dict[str, str], outcome: str, then: str) -> None:
    await thuesim.account(arrival="manual")
    await rent(thuesim)
    await thuesim.advance(by)
    expect(await thuesim.call(RENT, **changes), outcome)
    await thuesim.advance(then)

    expect(await thuesim.call(RENT), "rented")


@interval_case(
    rule="Without an interval rents follow at once; another interval is kept and told.",
    level=Level.SHOULD,
    needs=CLOCK,
    sends=2,
    covers=["thuesim.interval-off", "thuesim:rented", "thuesim:too_soon"],
    rows={"off": (0, "0s", "rented"), "before": ("8s", "7999ms", "too_soon"), "at": ("8s", "8s", "rented")},
)
async def interval_of_account(thuesim: Driver, held: int | str, by: str, outcome: str) -> None:
    await take_time(thuesim, min_interval=held)
    await rent(thuesim)
    await thuesim.advance(by)

    expect(await thuesim.call(RENT), outcome, seconds=8)


@interval_case(
    rule="The text of too soon tells the seconds of the account.",
    level=Level.NOTE,
    needs=CLOCK,
    covers=["thuesim:too_soon"],
    kills=["thuesim.interval-told-wrong"],
    choices={"thuesim.too-soon-answer": "429"},
    rows={"five": ("5s", 5), "eight": ("8s", 8), "broken": ("7500ms", 8)},
)
async def seconds_are_told(thuesim: Driver, held: str, seconds: int) -> None:
    await take_time(thuesim)
    await rent(thuesim)
    await thuesim.account(min_interval=held)

    expect_text(expect(await thuesim.call(RENT), "too_soon"), "too_soon", seconds=seconds)


@interval_case(
    rule="Too soon is told with the number of the waiting limit and a text of its own; it costs nothing.",
    level=Level.SHOULD,
    needs=[*CLOCK],
    covers=["thuesim.too-soon-answer=429", "thuesim:too_soon", "thuesim.rent-failure", "thuesim.failed-rent-free"],
    kills=["thuesim.refusal-charged"],
    choices={"thuesim.too-soon-answer": "429"},
)
async def too_soon_body(thuesim: Driver) -> None:
    first = await rent(thuesim)

    answer = await thuesim.call(RENT)

    text = text_of(answer, "too_soon", seconds=5)
    held = first.answer.json["Balance"]
    equal(answer.text, f'{{"RequestLog":null,"Balance":{held},"ResponseCode":429,"Message":"{text}"}}', "body")


@interval_case(
    rule="Where too soon is a general error, it keeps its text.",
    level=Level.SHOULD,
    sends=2,
    covers=["thuesim.too-soon-answer=-1", "thuesim:too_soon_error"],
    choices={"thuesim.too-soon-answer": "-1"},
)
async def too_soon_is_an_error(thuesim: Driver) -> None:
    await rent(thuesim)

    expect(await thuesim.call(RENT), "too_soon_error", seconds=5)


LIMITS = {f"{waiting}-of-{limit}": (waiting, limit) for waiting, limit in ((0, 1), (1, 1), (2, 3), (3, 3))}


async def check_limit(thuesim: Driver, waiting: int, limit: int) -> Rental:
    """Let some rentals wait under a limit; give one that is done."""
    await take_time(thuesim, waiting_limit=10)
    used = await rent(thuesim)
    await let_text_arrive(thuesim, used)
    for _ in range(waiting):
        await rent(thuesim)
    await thuesim.account(waiting_limit=limit)
    return used


@waiting_limit_case(
    rule="As many rentals may wait as the limit says; one more is refused, and the limit is told.",
    needs=ARRIVALS,
    sends=4,
    covers=["thuesim:waiting_limit_reached", "thuesim:rented", "thuesim.waiting-limit", "thuesim.texts-verbatim"],
    kills=["thuesim.limit-off-by-one", "thuesim.limit-counts-all"],
    rows=LIMITS,
)
async def waiting_limit(thuesim: Driver, waiting: int, limit: int) -> None:
    await check_limit(thuesim, waiting, limit)

    expect(await thuesim.call(RENT), "rented" if waiting < limit else "waiting_limit_reached", limit=limit)


@waiting_limit_case(
    rule="The limit holds for renting again, too.",
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=4,
    covers=["thuesim:waiting_limit_reached", "thuesim:rented", "thuesim.waiting-limit-both"],
    kills=["thuesim.limit-off-by-one"],
    rows=LIMITS,
)
async def waiting_limit_again(thuesim: Driver, waiting: int, limit: int) -> None:
    used = await check_limit(thuesim, waiting, limit)

    expect(await rent_again(thuesim, used), "rented" if waiting < limit else "waiting_limit_reached", limit=limit)


@waiting_limit_case(
    rule="A rental that is done or expired does not count.",
    level=Level.SHOULD,
    needs=[*ARRIVALS, *CLOCK],
    sends=2,
    covers=["thuesim.waiting-limit-counts", "thuesim:rented", "thuesim:waiting_limit_reached"],
    kills=["thuesim.limit-counts-all"],
    rows={"done": (True, "0s"), "expired": (False, "300s"), "expiring": (False, "299s")},
)
async def limit_frees_up(thuesim: Driver, done: bool, by: str) -> None:  # noqa: FBT001  (a column of the table)
    await take_time(thuesim, waiting_limit=1)
    rental = await rent(thuesim)
    if done:
        await let_text_arrive(thuesim, rental)
    await thuesim.advance(by)

    expect(await thuesim.call(RENT), "waiting_limit_reached" if by == "299s" else "rented", limit=1)


@waiting_limit_case(
    rule="Reading codes at the limit is not refused, and not throttled either.",
    sources=["V, clients"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    choices=NUMBERS,
    covers=["thuesim.waiting-limit-not-on-read", "thuesim.reads-not-throttled", "thuesim:waiting_for_message"],
)
async def reads_are_free(thuesim: Driver) -> None:
    await take_time(thuesim, waiting_limit=1, min_interval="5s")
    rental = await rent(thuesim)

    for _ in range(5):
        expect(await read_code(thuesim, rental), "waiting_for_message")
