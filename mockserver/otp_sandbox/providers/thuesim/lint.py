"""What clients of thuesim do wrong, besides what clients of all providers may."""

from __future__ import annotations

import json
import re
from collections import deque
from datetime import datetime, timedelta
from typing import Final

from otp_sandbox.contract.lint import Asked, Found, Lint, Look, Rule, Subject
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.providers.thuesim.answers import second_schema
from otp_sandbox.providers.thuesim.rental_ids import told_as_float, told_id

_POLL: Final = timedelta(seconds=5)
"""As resellers ask of their clients."""
_HISTORIES: Final = 3
_MINUTE: Final = timedelta(minutes=1)
_as_number: Final = re.compile(r"[0-9]\.[0-9]{1,9}").fullmatch


def _code_polled(_: Subject) -> Look:
    last: dict[str, datetime] = {}

    def look(asked: Asked) -> str | None:
        rental = asked.fields.get("ID", "")
        before, last[rental] = last.get(rental), asked.at
        if before is None or asked.at - before >= _POLL:
            return None
        return f"show=code for the same ID less than {_POLL.seconds} s after the last time"

    return look


def _too_soon(_: Subject) -> Look:
    return lambda asked: f"{asked.operation} less than 5 s after the last one" if asked.cause == "too_soon" else None


def _history(_: Subject) -> Look:
    read: deque[datetime] = deque(maxlen=_HISTORIES)

    def look(asked: Asked) -> str | None:
        if asked.operation != "history":
            read.clear()  # a code was asked for where it is to be had
            return None
        read.append(asked.at)
        if len(read) < _HISTORIES or asked.at - read[0] > _MINUTE:
            return None
        return f"show=history {_HISTORIES} times within a minute, and never show=code"

    return look


def _service(subject: Subject) -> Look:
    def look(asked: Asked) -> str | None:
        text = asked.fields.get("serviceId", "")
        if asked.success or _as_number(text) is None or subject.account.service(f"0{text}") is None:
            return None
        return f"serviceId of {asked.operation} without the zero of its server"

    return look


def _float(subject: Subject) -> Look:
    known: set[str] = set()

    def look(entry: Rental | Asked) -> str | None:
        if isinstance(entry, Rental):
            known.add(entry.id)
            return None
        for name in ("ID", "thuesim1"):
            text = entry.fields.get(name, "")
            if not entry.success and text not in known and told_as_float(text) in known:
                return f"{name} of {entry.operation} was read as a float: its last zero is lost, or it has an exponent"
        return None

    if second_schema(subject.dialect):  # ids are whole numbers there
        return lambda _: None
    return look


def _trusted(subject: Subject) -> Look:
    rented: dict[datetime, str] = {}
    requests: dict[str, str] = {}
    asked_at: dict[str, datetime] = {}

    def look(entry: Rental | Asked | Callback) -> Found | None:
        if isinstance(entry, Rental):
            rented[entry.created_at] = told_id(entry, subject.dialect)
        elif isinstance(entry, Callback):
            taken = entry.accepted_at
            told = str(json.loads(entry.body)["data"]["requestId"])
            seen = asked_at.get(told)
            if taken is not None and (seen is None or seen < taken):
                detail = f"the callback {entry.event} was taken, and nobody read the number with show=code"
                return Found(detail, (requests[told],) if told in requests else ())
        elif entry.operation == "code":
            asked_at[entry.fields.get("ID", "")] = entry.at
        elif entry.success and entry.at in rented:
            requests[rented[entry.at]] = entry.id
        return None

    return look


LINT: Final = Lint(
    rules=(
        Rule(
            id="thuesim-code-polled",
            severity="info",
            title="show=code polled too fast",
            what=f"The code of a rental was read again less than {_POLL.seconds} seconds after the last time.",
            why="No page sets a pace, but resellers ask for five seconds, and a code takes longer to come anyway.",
            mend="Wait five seconds between two reads, or let the callback tell you.",
            source="",
            begin=_code_polled,
            operations=("code",),
        ),
        Rule(
            id="thuesim-too-soon",
            severity="medium",
            title="Numbers taken less than five seconds apart",
            what="A number was asked for less than five seconds after the last one, and refused.",
            why="The page asks for five seconds between two numbers, for renting and for renting again together.",
            mend="Let all that take numbers with a token wait for each other.",
            source="S, note of rephone",
            begin=_too_soon,
            roles=("rent",),
        ),
        Rule(
            id="thuesim-history-for-codes",
            severity="medium",
            title="History read for codes",
            what=f"The history was read {_HISTORIES} times within a minute, and no code was asked for in between.",
            why="The history has all rentals each time. The code of a number is read by its ID, with show=code.",
            mend="Keep the ID of the rent, and ask show=code with it.",
            source="S, parts on code and on history",
            begin=_history,
            operations=("history", "code"),
        ),
        Rule(
            id="thuesim-service-number",
            severity="high",
            title="serviceId sent as a number",
            what="A serviceId came without the zero of its server: 2.97 for 02.97.",
            why="A serviceId is text. As a number it is another service, which is refused.",
            mend="Put SV and ID of the service together as texts, with a dot between them.",
            source="S, URL and parameters of register",
            begin=_service,
            roles=("rent",),
        ),
        Rule(
            id="thuesim-id-as-float",
            severity="high",
            title="ID of a rental read as a float",
            what="An ID came that is one of a rental, but for the zero at its end or for an exponent.",
            why="The answer has the ID as a number with two decimals. A JSON reader makes a float of it, and "
            "88237016.10 becomes 88237016.1, which no rental has.",
            mend="Read the ID as text or as a decimal number, and send it as it came.",
            source="S, sample of register; S, note of rephone",
            begin=_float,
            kinds=("rentals", "requests"),
        ),
        Rule(
            id="thuesim-callback-trusted",
            severity="info",
            title="Callback trusted without looking the state up",
            what="The callback of a rental was taken, and the client did not read that rental after it.",
            why="The callback carries no signature. Whoever knows the address can invent a code.",
            mend="Take the callback as a hint: answer it, then ask show=code with the ID.",
            source="",
            begin=_trusted,
            kinds=("rentals", "requests", "callbacks"),
            operations=("code", "register_service", "rephone"),
        ),
    ),
)
