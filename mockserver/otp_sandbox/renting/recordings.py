"""Recordings of calls: files whose names are digits, how they are found, and how they sound."""

from __future__ import annotations

import re
import wave
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Final

from otp_sandbox.contract import Call, Check, Facts, Fields, Handler, Reply
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.seeds import DIGITS, draw, hexadecimal, spell
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.renting.histories import rentals_of
from otp_sandbox.renting.pages import SERVER, write_page
from otp_specs import Outcome

_RATE: Final = 8000
_SAMPLE_BYTES: Final = 2
_MARK: Final = 8
_OWN: Final = 20
MARK_DIGITS: Final = 6
"""The hexadecimal digits of a lane's mark."""
_named: Final = re.compile(rf"([0-9]{{{_MARK}}})[0-9]{{{_OWN}}}").fullmatch


def number_of(rental: Rental, seed: int) -> str:
    """Give the digits that name the recording of a rental: the mark of the lane first, then those of the rental."""
    own = spell(draw(seed, rental.provider, rental.id, "number"), _OWN, DIGITS)
    return f"{int(mark_of(rental.provider, seed), 16):0{_MARK}}{own}"


def mark_of(provider: str, seed: int) -> str:
    """Give the mark that the names of all recordings of a lane have: a link carries no credential, so it finds it."""
    return hexadecimal(draw(seed, provider, "recordings"), MARK_DIGITS)


def mark_in(fields: Fields) -> str | None:
    """Find the mark in a request for a recording that is named with digits; None if it is no such request."""
    found = _named(fields.get("number", ""))
    return f"{int(found[1]):0{MARK_DIGITS}x}" if found is not None else None


def origin_of(rental: Rental, asked: str = "") -> str:
    """Give scheme and host of a link: those that the number was rented at; if by hand, those that are `asked`."""
    return asked if asked and rental.by_hand else rental.origin


class Recording(Handler):
    """Plays a recording. It asks for no token: whoever has the link may listen."""

    def checks(self) -> Mapping[str, Check]:
        """There is such a call."""
        return {"audio_not_found": self.not_found}

    def not_found(self, call: Call, state: State) -> bool:
        """Whether no call to a rented number has this recording."""
        raise NotImplementedError

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Play it."""
        return Change(Verdict("audio_found"))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Reply:  # noqa: ARG002  (the hook's signature)
        """Write a recording, or the page of a host that has none."""
        if not row.success:
            return write_page("404 Not Found", row.status)
        return Reply(_silence(), "audio/wav", row.status, server=SERVER)


class NumberedRecording(Recording):
    """Plays a recording that is named with digits, in the field `number`."""

    provider: str

    def not_found(self, call: Call, state: State) -> bool:
        """Whether no call to a rented number has this recording."""
        asked = call.text("number")
        rentals = rentals_of(state, self.provider)
        return not any(each.is_call and number_of(each, call.seed) == asked for each in rentals)


@cache
def _silence() -> bytes:
    """Give a WAV file of one second of silence."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(_SAMPLE_BYTES)
        sound.setframerate(_RATE)
        sound.writeframes(bytes(_RATE * _SAMPLE_BYTES))
    return file.getvalue()
