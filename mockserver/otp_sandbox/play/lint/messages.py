"""Rules for all providers about messages and callbacks."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract.lint import Look, Rule, Subject
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.segments import gsm_7_spelling, segments

_SLOW: Final = 0.5
"""The part of its time that a callback may take."""


def _segment_wasted(_: Subject) -> Look:
    def look(message: Message) -> str | None:
        if message.channel != "sms" or not message.text:
            return None
        whole = segments(message.text)
        if whole.count < 2 or segments(message.text[:-1]).count == whole.count:  # noqa: PLR2004  (one is the least)
            return None
        return f"{message.operation}: {whole.count} segments, and {whole.count - 1} with one character less"

    return look


def _unicode_avoidable(_: Subject) -> Look:
    def look(message: Message) -> str | None:
        if message.channel != "sms":
            return None
        whole = segments(message.text)
        plain = gsm_7_spelling(message.text) if whole.encoding != "gsm-7" else None
        if plain is None:
            return None
        return f"{message.operation}: {_count(whole.count)} in UCS-2, {_count(segments(plain).count)} in GSM-7"

    return look


def _count(number: int) -> str:
    return f"{number} segment" if number == 1 else f"{number} segments"


def _not_taken(_: Subject) -> Look:
    def look(callback: Callback) -> str | None:
        refused = [each.status for each in callback.attempts if not (each.accepted or each.doubtful)]
        if not refused:
            return None
        statuses = sorted({f"HTTP {each}" if each is not None else "no answer" for each in refused})
        return f"the callback {callback.event}: {', '.join(statuses)}"

    return look


def _slow(_: Subject) -> Look:
    def look(callback: Callback) -> str | None:
        limit = callback.timeout.total_seconds()
        if any(each.duration_ms >= limit * 1000 * _SLOW for each in callback.attempts):
            return f"the callback {callback.event} took more than half of the {limit:g} s that it may take"
        return None

    return look


RULES: Final = (
    Rule(
        id="segment-wasted",
        severity="medium",
        title="One character costs another segment",
        what="A message was one character too long for its segments.",
        why="Providers charge by the segment: 160 characters of GSM-7 or 70 of UCS-2, in a chain 153 or 67. For one "
        "character too much the whole next segment is paid.",
        mend="Make the text shorter. Count with the longest name and code that you put in.",
        source="3GPP TS 23.040, 9.2.3.24.1, and TS 23.038",
        begin=_segment_wasted,
        kinds=("messages",),
    ),
    Rule(
        id="unicode-avoidable",
        severity="info",
        title="Unicode where plain letters would do",
        what="A message needs UCS-2 only for letters with marks, or for quotation marks, dashes and blanks that look "
        "nicer than the plain ones.",
        why="One such character makes all of the message UCS-2: 70 characters in a segment, not 160.",
        mend="Write such texts in plain letters, or know that you pay for the marks. Take care of what word processors "
        "and translators put into templates.",
        source="3GPP TS 23.038",
        begin=_unicode_avoidable,
        kinds=("messages",),
    ),
    Rule(
        id="callback-not-taken",
        severity="high",
        title="Callback not answered with 2xx",
        what="The receiver of a callback gave no answer, or another one than 2xx.",
        why="The provider takes it for lost. It may try again or not, and the client never learns what became of the "
        "message or the number.",
        mend="Answer 204 at once, whatever the callback says; do the work after that.",
        source="RFC 9110, 15.3: 2xx says that a request was received and accepted",
        begin=_not_taken,
        kinds=("callbacks",),
    ),
    Rule(
        id="callback-slow",
        severity="info",
        title="Callback answered slowly",
        what="The receiver took more than half of the time that a callback may take.",
        why="No provider says how long it waits. On a slow day the answer comes too late.",
        mend="Put the callback into a queue, answer, and do the work after that.",
        source="",
        begin=_slow,
        kinds=("callbacks",),
    ),
)
