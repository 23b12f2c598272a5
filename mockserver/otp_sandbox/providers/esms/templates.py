"""Whether a text fits a template: all of it, with one to so many characters at each place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from otp_sandbox.domain.record import Record

_PLACE: Final = re.compile(r"\{P\d+,(\d{1,9})\}")


class Template(Record):
    """What a template spells out, and between that the places: how many characters each takes at most."""

    spelled: tuple[str, ...]
    places: tuple[int, ...]
    longest: int

    def fits(self, text: str) -> bool:
        """Whether a text fits. A place takes no end of a line.

        What a place takes is never guessed: all ends that the part before it can have are carried along, so that the
        work is the number of places times the length of the text. A regular expression would try them one by one.
        """
        first, last = self.spelled[0], self.spelled[-1]
        if len(text) > self.longest or not text.startswith(first):
            return False
        if not self.places:
            return text == first
        ends = [len(first)]
        for most, spelled in zip(self.places[:-1], self.spelled[1:-1], strict=True):
            ends = [start + len(spelled) for start in _reached(ends, most, _occurrences(spelled, text), text)]
        begins = (len(text) - len(last),) if text.endswith(last) else ()
        return any(_reached(ends, self.places[-1], begins, text))


@lru_cache(maxsize=256)
def read_template(text: str) -> Template:
    """Read a template as the provider writes it: `{P1,8} la ma …`, where the place P1 takes 1 to 8 characters."""
    parts = _PLACE.split(text.strip())
    spelled, places = tuple(parts[::2]), tuple(map(int, parts[1::2]))
    return Template(spelled, places, sum(map(len, spelled)) + sum(places))


def _reached(ends: list[int], most: int, begins: Iterable[int], text: str) -> Iterator[int]:
    """Give those of some beginnings that a place of `most` characters reaches from one of the ends.

    Both go upwards. Of the ends before a beginning the nearest one decides: nothing reaches it if that does not.
    """
    index, line_end, next_line_end = -1, -1, text.find("\n")
    for begin in begins:
        while index + 1 < len(ends) and ends[index + 1] < begin:
            index += 1
        while 0 <= next_line_end < begin:
            line_end, next_line_end = next_line_end, text.find("\n", next_line_end + 1)
        if index >= 0 and begin - ends[index] <= most and line_end < ends[index]:
            yield begin


def _occurrences(part: str, text: str) -> Iterator[int]:
    """Give all places of a part in a text, those that overlap too."""
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)
