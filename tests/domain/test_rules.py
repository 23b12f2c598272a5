"""The small rules: limits, addresses, segments, records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from otp_sandbox.domain.accounts import ip_allowed
from otp_sandbox.domain.limits import Limit, too_soon
from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.segments import count_segments, segments
from otp_sandbox.domain.verdict import Verdict

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAUSE = timedelta(seconds=5)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("since", "soon"),
    [
        pytest.param(timedelta(0), True, id="at once"),
        pytest.param(PAUSE - TICK, True, id="just before"),
        pytest.param(PAUSE, False, id="at"),
        pytest.param(PAUSE + TICK, False, id="after"),
    ],
)
def test_an_action_is_allowed_when_the_interval_has_passed(since: timedelta, *, soon: bool) -> None:
    """Exactly the interval later is allowed."""
    assert too_soon(NOW, PAUSE, NOW + since) is soon


def test_the_first_action_is_never_too_soon() -> None:
    """There is nothing that it could follow."""
    assert too_soon(None, PAUSE, NOW) is False


def test_an_interval_of_nothing_allows_all() -> None:
    """The rule is switched off."""
    assert too_soon(NOW, timedelta(0), NOW) is False


def test_a_limit_is_a_value() -> None:
    """Limits compare by what they say."""
    limit = Limit("thuesim", "interval", "token", 1, 1, NOW)

    assert limit == Limit("thuesim", "interval", "token", 1, 1, NOW)
    assert limit != replace(limit, frees_at=None)


@pytest.mark.parametrize(
    ("allowed", "let_in"), [(None, True), ((), False), (("10.0.0.1",), False), (("10.0.0.1", "127.0.0.1"), True)]
)
def test_null_allows_every_address_and_an_empty_list_none(allowed: tuple[str, ...] | None, *, let_in: bool) -> None:
    """Otherwise the address must be in the list."""
    assert ip_allowed(allowed, "127.0.0.1") is let_in


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        pytest.param("", "gsm-7", 1, id="empty"),
        pytest.param("a" * 160, "gsm-7", 1, id="160 of GSM"),
        pytest.param("a" * 161, "gsm-7", 2, id="161 of GSM"),
        pytest.param("a" * 306, "gsm-7", 2, id="two full parts of GSM"),
        pytest.param("a" * 307, "gsm-7", 3, id="one more"),
        pytest.param("ệ" * 70, "ucs-2", 1, id="70 of UCS-2"),
        pytest.param("ệ" * 71, "ucs-2", 2, id="71 of UCS-2"),
        pytest.param("ệ" * 134, "ucs-2", 2, id="two full parts of UCS-2"),
        pytest.param("ệ" * 135, "ucs-2", 3, id="one more than that"),
        pytest.param("€" * 80, "gsm-7", 1, id="80 of the extension"),
        pytest.param("€" * 81, "gsm-7", 2, id="81 of the extension"),
        pytest.param("a" * 159 + "{", "gsm-7", 2, id="the extension counts twice"),
        pytest.param("a" * 158 + "{", "gsm-7", 1, id="the extension just fits"),
        pytest.param("a" * 70 + "ệ", "ucs-2", 2, id="one character makes all UCS-2"),
        pytest.param("😀" * 35, "ucs-2", 1, id="35 pairs"),
        pytest.param("😀" * 36, "ucs-2", 2, id="36 pairs"),
        pytest.param("کد شما 12345", "ucs-2", 1, id="Persian"),
        pytest.param("a" * 152 + "€" + "a" * 152, "gsm-7", 3, id="an extended one is not torn apart"),
        pytest.param("a" * 151 + "€" + "a" * 153, "gsm-7", 2, id="an extended one at the end of a part"),
        pytest.param("ệ" * 66 + "😀" + "ệ" * 66, "ucs-2", 3, id="a pair is not torn apart"),
        pytest.param("ệ" * 65 + "😀" + "ệ" * 67, "ucs-2", 2, id="a pair at the end of a part"),
        pytest.param("\x1b" * 71, "ucs-2", 2, id="an escape is no character of GSM"),
        pytest.param("[^{}]~|\\\f" * 8, "gsm-7", 1, id="all that is extended"),
        pytest.param("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà", "gsm-7", 1, id="plain"),
        pytest.param("`", "ucs-2", 1, id="ASCII that GSM has not"),
        pytest.param("ç", "ucs-2", 1, id="the small one of a capital"),
    ],
)
def test_a_text_takes_as_many_segments_as_on_the_air(text: str, encoding: str, count: int) -> None:
    """GSM-7 holds 160 characters, 153 in a chain; UCS-2 70 and 67."""
    counted = segments(text)

    assert (counted.encoding, counted.count) == (encoding, count)
    assert count_segments(text) == count


@pytest.mark.parametrize("character", [chr(code) for code in range(128)])
@pytest.mark.parametrize("length", [0, 1, 69, 70, 71, 80, 81])
def test_what_needs_no_look_is_counted_like_the_rest(character: str, length: int) -> None:
    """Short ASCII is one message, in whichever of the two alphabets its characters are."""
    assert count_segments(character * length) == segments(character * length).count


def test_a_record_is_slotted_and_compares_by_value() -> None:
    """A misspelled field is an error; two records with the same fields are equal."""

    class Point(Record):
        x: int
        y: int = 0

    point = Point(1)

    assert point == Point(1, 0)
    assert repr(point).endswith("Point(x=1, y=0)")
    assert not hasattr(point, "__dict__")


def test_verdicts_do_not_share_their_facts() -> None:
    """Each has its own mapping."""
    assert Verdict("one").facts is not Verdict("other").facts
