"""Faults as values: which calls go wrong, when, and how. What comes of them stands elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Event, Table

When = Literal["before", "after"]
Delivery = Literal["ghost", "late", "duplicate", "reordered", "other-code", "failed"]
Calling = Literal["lost", "twice", "late"]
Kind = Literal["outcome", "http", "delay", "reset", "truncate", "drip", "malformed", "delivery", "callback"]
"""What may go wrong. A delivery and a callback go wrong later: the call only makes them."""

LATER: Final = frozenset({"delivery", "callback"})
"""What goes wrong after the call."""
LATE: Final = timedelta(minutes=2)
"""By how much something is late, on the lane's clock, if nothing else is said. Codes live longer, as a rule."""
FAULTS_MOST: Final = 100
"""Faults of a lane."""
BODY_MOST: Final = 16 * 1024
"""Bytes of an answer that a fault gives."""


class Match(Record):
    """Which calls are meant; None leaves them all in.

    `phones` are the numbers that `phone` may mean. Of the calls that fit so far, `first` to `last` are meant (counted
    from 1), each one that `every` divides, and each with the probability `p`.
    """

    provider: str | None = None
    operation: str | None = None
    phone: str | None = None
    phones: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    every: int | None = None
    p: float | None = None


class Action(Record):
    """What happens instead.

    `outcomes` are rows by name, of which a provider has one; `status`, `body` and `content_type` an answer of HTTP's
    own; `length` how long a delay is, or by how much a delivery or a callback is late; `number` the bytes of a
    truncated answer, or bytes a second.
    """

    kind: Kind
    outcomes: tuple[str, ...] = ()
    status: int = 0
    body: str = ""
    content_type: str = ""
    length: timedelta = timedelta(0)
    on_lane_clock: bool = False
    number: int = 0
    delivery: Delivery | None = None
    callback: Calling | None = None


class Fault(Record):
    """A fault of a lane. `number` is given once in a lane: a fault that takes another one's place counts anew."""

    name: str
    number: int
    match: Match
    when: When
    action: Action
    uses: int | None = None
    expires_at: datetime | None = None

    @property
    def key(self) -> str:
        """Under which it is counted."""
        return str(self.number)


class Count(Record):
    """How many calls a fault has met, and how often it has fired."""

    met: int = 0
    fired: int = 0


FAULT_COUNTS: Final = Table("fault_counts", Count, most=1_000)
"""By number of the fault. Those of faults that are taken back go with them, but for calls that are on their way."""


class Fate(Record):
    """What will go wrong with a message or a rental: it travels with it."""

    delivery: Delivery | None
    callback: Calling | None
    by: timedelta


class Held(Record):
    """A message that waits for the next one to the same phone: what will happen to it right after."""

    id: str
    events: tuple[Event, ...]


HELD: Final = Table("held", Held, most=10_000)
"""By phone. Who is forgotten here arrives when its time is over, as who is never overtaken does."""


class Preset(Record):
    """A fault with a name that says what it is for."""

    when: When
    action: Action
    told: str
    match: Match = Match()


_PAGE: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
PRESETS: Final[dict[str, Preset]] = {
    "lost-ack": Preset("after", Action("reset"), "everything happens, and the connection breaks before the answer"),
    "ghost-delivery": Preset("after", Action("delivery", delivery="ghost"), "a message is accepted and never arrives"),
    "late-receipt": Preset(
        "after",
        Action("delivery", delivery="late", length=LATE),
        "a message is delivered, and reported, two minutes later than usual",
    ),
    "duplicate-receipt": Preset(
        "after", Action("delivery", delivery="duplicate"), "the delivery of a message is reported twice"
    ),
    "html-502": Preset(
        "before",
        Action("http", status=502, body=_PAGE, content_type="text/html"),
        "a gateway answers with a page, and nothing happens",
    ),
    "slow": Preset("before", Action("delay", length=timedelta(seconds=2)), "each call begins two seconds late"),
    "flaky": Preset(
        "before",
        Action("http", status=503, content_type="text/plain"),
        "the first two calls fail with 503, and the next ones succeed",
        Match(first=1, last=2),
    ),
    "down": Preset("before", Action("reset"), "nobody answers: each connection breaks, and nothing happens"),
    "balance-runs-out": Preset(
        "before",
        Action("outcome", outcomes=("not_enough_balance", "credit_not_enough")),
        "what costs something is refused, as with an empty account",
    ),
}


def is_over(fault: Fault, count: Count, now: datetime) -> bool:
    """Whether a fault can never fire again."""
    return (
        (fault.expires_at is not None and now >= fault.expires_at)
        or (fault.uses is not None and count.fired >= fault.uses)
        or (fault.match.last is not None and count.met >= fault.match.last)
    )


def uses_left(fault: Fault, count: Count) -> int | None:
    """Tell how often a fault may still fire; None where that has no bound."""
    return None if fault.uses is None else max(fault.uses - count.fired, 0)


def describe(fault: Fault) -> dict[str, Any]:
    """Give an action as it was asked for."""
    action = fault.action
    match action.kind:
        case "outcome":
            shown: Any = action.outcomes[0] if len(action.outcomes) == 1 else list(action.outcomes)
        case "http":
            shown = {"status": action.status, "body": action.body, "content_type": action.content_type}
        case "delay":
            shown = action.length
        case "truncate":
            shown = action.number
        case "drip":
            shown = f"{action.number}B/s"
        case "delivery":
            shown = action.delivery
        case "callback":
            shown = action.callback
        case _:
            shown = True
    told: dict[str, Any] = {action.kind: shown}
    if action.kind == "delay" and action.on_lane_clock:
        told["clock"] = "lane"
    if action.kind in ("delivery", "callback") and action.length:
        told["by"] = action.length
    return told
