"""The types that queries and bodies of the control API are read as, and what their fields mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from otp_sandbox.domain.clock import TEN_YEARS, Clock
from otp_sandbox.lanes import durations
from otp_sandbox.web.problems import wrong


def _duration(value: Any) -> timedelta:
    return value if isinstance(value, timedelta) else durations.parse(value)


def _not_too_long(length: timedelta) -> timedelta:
    if length > TEN_YEARS:
        raise ValueError(f"is longer than ten years, {TEN_YEARS.days}d")
    return length


def read_cursor(value: Any) -> int:
    """Read a cursor.

    Raises:
        ValueError: it is none.
    """
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004  (places are 64-bit numbers)
        raise ValueError("is not a cursor that was given here")
    return int(text)


def _instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError("is not ISO 8601 with an offset, like 2026-01-31T12:00:00+07:00")
    return instant


FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)
"""Where a lane's clock may stand: lifetimes and offsets can be added on both sides without leaving the calendar."""


def in_calendar(field_name: str, instant: datetime) -> datetime:
    """Let an instant pass that a clock may show.

    Raises:
        Problem: it is too early or too late.
    """
    if not FIRST <= instant < LAST:
        raise wrong(field_name, f"leads out of the calendar, which goes from {FIRST.year} to {LAST.year - 1}")
    return instant


def later(field_name: str, now: datetime, by: timedelta) -> datetime:
    """Give the instant that is a length after another one.

    Raises:
        Problem: it is too late.
    """
    return in_calendar(field_name, now + by if by < LAST - now else LAST)


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration, json_schema_input_type=str),
    Field(description='"2m1s", "500ms" or ISO 8601', examples=["2m1s"]),
]
ShortDuration = Annotated[Duration, AfterValidator(_not_too_long)]
"""What is waited for, or lived through: ten years at most."""
Cursor = Annotated[
    int, BeforeValidator(read_cursor, json_schema_input_type=str), Field(description="An opaque cursor.")
]
Instant = Annotated[datetime, BeforeValidator(_instant, json_schema_input_type=str)]
Limit = Annotated[int, Field(ge=1, le=100_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Text = Annotated[str, Field(max_length=200)]
"""A name, a number, a spelling of a phone."""


class Model(BaseModel):
    """Every field is known, and of its own type."""

    model_config = ConfigDict(extra="forbid")


class Page(Model):
    """Which part of a list is wanted."""

    after: Cursor | None = None
    limit: Limit | None = None


class ClockWanted(Model):
    """How a clock is to go."""

    mode: Text
    offset: Duration | None = None
    now: Instant | None = None

    def clock(self, now: datetime, real: datetime, place: str = "") -> Clock:
        """Make the clock; `now` is the lane's time, at which it freezes if no other is named, `real` the real one.

        Raises:
            Problem: a mode that does not exist, or a field that does not go with the mode.
        """
        if self.mode not in ("real", "offset", "frozen"):
            raise wrong(f"{place}mode", "is none of real, offset, frozen")
        if self.offset is not None and self.mode != "offset":
            raise wrong(f"{place}offset", "goes with mode offset only")
        if self.now is not None and self.mode != "frozen":
            raise wrong(f"{place}now", "goes with mode frozen only")
        if self.mode == "offset":
            if self.offset is None:
                raise wrong(f"{place}offset", "is missing")
            later(f"{place}offset", real, self.offset)
            return Clock("offset", self.offset)
        if self.mode == "frozen":
            return Clock("frozen", frozen_at=in_calendar(f"{place}now", self.now or now))
        return Clock()
