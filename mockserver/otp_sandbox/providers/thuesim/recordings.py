"""Recordings of calls: what the file is called, and where it is."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from otp_sandbox.contract import Dialect, Fields
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.seeds import draw, hexadecimal
from otp_sandbox.providers.thuesim.account import PROVIDER
from otp_sandbox.renting import recordings
from otp_sandbox.renting.phones import national
from otp_sandbox.renting.recordings import MARK_DIGITS, number_of, origin_of

_DIGITS: Final = 12
_named_file: Final = re.compile(
    rf"[0-9]+_.*_([0-9a-f]{{{MARK_DIGITS}}})[0-9a-f]{{{_DIGITS - MARK_DIGITS}}}\.wav"
).fullmatch


def server(rental: Rental) -> str:
    """Give the two digits behind the dot of a rental's id."""
    return rental.id.rpartition(".")[2]


def file_name(rental: Rental, seed: int) -> str:
    """Name the file: number, service and twelve hex digits, which are drawn for the rental."""
    digits = mark_of(seed) + hexadecimal(draw(seed, PROVIDER, rental.id, "recording"), _DIGITS - MARK_DIGITS)
    return f"{national(rental.phone)}_{rental.service_name}_{digits}.wav"


def mark_of(seed: int) -> str:
    """Give the mark of a lane, which is in the names of all its files."""
    return recordings.mark_of(PROVIDER, seed)


def mark_in(fields: Fields) -> str | None:
    """Find the mark in a request for a file, in either form; None if it is no such request."""
    found = next(filter(None, map(_named_file, fields.values())), None)
    return found[1] if found is not None else recordings.mark_in(fields)


def link(rental: Rental, seed: int, asked: str = "") -> str:
    """Give the address of the recording: at the host that it was rented from; if by hand, at the one `asked`."""
    name = quote(file_name(rental, seed), safe="")
    return f"{origin_of(rental, asked)}/audio/play.php?{server(rental)}={name}&phone={national(rental.phone)}"


def link_in_content(rental: Rental, dialect: Dialect, seed: int, asked: str = "") -> str:
    """Give the address that stands in the place of a message (`thuesim.audio-link`)."""
    if dialect.option("audio-link") == "play":
        return link(rental, seed, asked)
    return f"{origin_of(rental, asked)}/{number_of(rental, seed)}.wav"
