"""Recordings of calls: what the file is called, and where it is."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from otp_sandbox.contract import Fields
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.seeds import draw, hexadecimal
from otp_sandbox.renting.phones import national
from otp_sandbox.renting.recordings import origin_of

_DIGITS: Final = 12
MARK_DIGITS: Final = 6
_named_file: Final = re.compile(
    rf"[0-9]+_.*_([0-9a-f]{{{MARK_DIGITS}}})[0-9a-f]{{{_DIGITS - MARK_DIGITS}}}\.wav"
).fullmatch


def server(rental: Rental) -> str:
    """Give the two digits behind the dot of a rental's id."""
    return rental.id.rpartition(".")[2]


def file_name(rental: Rental, seed: int) -> str:
    """Name the file: number, service and twelve hex digits, which are drawn for the rental."""
    digits = mark_of(seed) + hexadecimal(draw(seed, "thuesim", rental.id, "recording"), _DIGITS - MARK_DIGITS)
    return f"{national(rental.phone)}_{rental.service_name}_{digits}.wav"


def mark_of(seed: int) -> str:
    """Give the digits that the names of all files of a lane have: a link carries no credential, so these find it."""
    return hexadecimal(draw(seed, "thuesim", "recordings"), MARK_DIGITS)


def mark_in(fields: Fields) -> str | None:
    """Find those digits in a request for a file; None if it is no such request."""
    found = next(filter(None, map(_named_file, fields.values())), None)
    return found[1] if found is not None else None


def link(rental: Rental, seed: int, asked: str = "") -> str:
    """Give the address of the recording: at the host that it was rented from; if by hand, at the one `asked`."""
    name = quote(file_name(rental, seed), safe="")
    return f"{origin_of(rental, asked)}/audio/play.php?{server(rental)}={name}&phone={national(rental.phone)}"
