"""Rules for all providers about calls: whom they ask, in which order, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from otp_sandbox.contract.lint import Asked, Look, Rule, Subject
from otp_sandbox.domain.messages import Message
from otp_sandbox.play.lint.names import fields_of

_SHORTLY: Final = timedelta(seconds=10)
"""Two sends that are less apart than this were not asked for by a person twice."""
_POLLED: Final = timedelta(minutes=1)
_TRIES: Final = 3
"""The same check so often within a minute is no person at a keyboard."""
_WRONG_CODES: Final = 6
"""Wrong codes for one phone since the last send: from here on somebody guesses."""


def _refusal_ignored(subject: Subject) -> Look:
    refused: dict[str, str] = {}  # recipient, or nothing where all are meant → what the send was refused with
    reached: set[str] = set()
    last = ""  # what the last send or rent was refused with
    unreadable = {
        (name, cause)
        for name, fields in fields_of(subject).items()
        for each in fields.values()
        for cause in (each.missing, each.malformed)
    }

    def look(asked: Asked) -> str | None:
        nonlocal last
        if asked.role in ("send", "rent"):
            last = "" if asked.success else asked.outcome or ""
            for each in (*subject.provider.phones.recipients(asked.fields), ""):
                if asked.success:
                    reached.add(each)
                    refused.pop(each, None)
                elif each not in reached and asked.status < 300 and asked.outcome:  # noqa: PLR2004  (HTTP's own bound)
                    refused[each] = asked.outcome
            return None
        meant = subject.provider.phones.recipients(asked.fields) if asked.role == "verify" else ()
        for each in (*meant, ""):  # where nothing was ever sent, whoever is meant
            if each in refused and not asked.success:
                return f"{asked.operation} although the call before it was refused with {refused[each]}"
        if last and asked.role == "read" and (asked.operation, asked.cause) in unreadable:  # there was no id to ask for
            return f"{asked.operation} although the call before it was refused with {last}"
        return None

    return look


def _refusal_repeated(_: Subject) -> Look:
    last: dict[tuple[str | None, frozenset[tuple[str, str]]], tuple[int, datetime]] = {}

    def look(asked: Asked) -> str | None:
        key = (asked.operation, frozenset(asked.fields.items()))
        times, since = last.get(key, (0, asked.at))
        if asked.success or asked.at - since > _SHORTLY:
            times = 0
        last[key] = (0 if asked.success else times + 1, asked.at)
        if asked.success or times + 1 < _TRIES:
            return None
        return f"{asked.operation} again and again, refused with {asked.outcome} each time"

    return look


def _send_repeated(subject: Subject) -> Look:
    ids, fields = subject.lint.request_ids, fields_of(subject)
    made: set[str] = set()
    last: dict[tuple[str | None, frozenset[tuple[str, str]]], datetime] = {}

    def look(entry: Message | Asked) -> str | None:
        if isinstance(entry, Message):
            made.add(entry.request_id)
            return None
        if entry.id not in made:  # refused, or only a try
            return None
        key = (entry.operation, frozenset(each for each in entry.fields.items() if each[0] not in ids))
        before, last[key] = last.get(key), entry.at
        if before is None or entry.at - before >= _SHORTLY:
            return None
        own = next((name for name in ids if entry.fields.get(name)), None)
        has = next((name for name in ids if name in fields[entry.operation]), None)
        with_id = f", with another {own}" if own else f" without {has}" if has else ""
        seconds = round(_SHORTLY.total_seconds())
        return f"{entry.operation} with the same fields within {seconds} s{with_id}: two messages were sent"

    return look


def _code_reused(_: Subject) -> Look:
    return lambda asked: (
        f"{asked.operation} with a code that was accepted before" if asked.cause == "code_used" else None
    )


def _verify_polled(_: Subject) -> Look:
    tries: dict[tuple[str, ...], list[datetime]] = {}

    def look(asked: Asked) -> str | None:
        if asked.success:
            return None
        key = tuple(asked.fields.values())
        recent = [at for at in tries.get(key, ()) if asked.at - at < _POLLED][-_TRIES:]
        tries[key] = [*recent, asked.at]
        if len(recent) + 1 < _TRIES:
            return None
        return f"{asked.operation} with the same code {_TRIES} times within a minute"

    return look


def _code_guessed(subject: Subject) -> Look:
    wrong: dict[str, int] = {}

    def look(asked: Asked) -> str | None:
        found = None
        for phone in subject.provider.phones.recipients(asked.fields):
            if asked.success:
                wrong.pop(phone, None)
            elif asked.role == "verify":
                wrong[phone] = wrong.get(phone, 0) + 1
                if wrong[phone] >= _WRONG_CODES:
                    found = f"{asked.operation} with {_WRONG_CODES} and more wrong codes for one phone"
        return found

    return look


def _path_unknown(subject: Subject) -> Look:
    known = {each.path.rstrip("/") for each in subject.provider.spec.operations}
    lower = set() if subject.provider.reading.any_case_paths else {path.lower() for path in known}

    def look(asked: Asked) -> str | None:
        if asked.operation is not None or asked.status not in _NOT_THERE:
            return None
        path = asked.path.rstrip("/")
        if path not in known and path.lower() in lower:  # that is another rule's
            return None
        return f"{asked.method} {_cut(asked.path)}"

    return look


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST: Final = 80
_NOT_THERE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)

RULES: Final = (
    Rule(
        id="refusal-ignored",
        severity="high",
        title="Goes on after a refusal",
        what="A send or a rent was refused, nothing was sent before, and the client went on as if it had worked: it "
        "checked a code, or asked what became of a message or a number.",
        why="Refusals come with HTTP status 200. A client that looks at the status alone takes each of them for a "
        "success. Its user waits for a code that never comes.",
        mend="Read the result in the body, and go on only if it is the one for success. Tell your user when it is not.",
        source="the specs: each row of an outcome table that has no HTTP status of its own is answered with 200",
        begin=_refusal_ignored,
        roles=("send", "rent", "verify", "read"),
    ),
    Rule(
        id="refusal-repeated",
        severity="info",
        title="Tries again what was refused",
        what=f"The same request was refused {_TRIES} times and more, with less than ten seconds in between.",
        why="Most refusals are final: the same request is refused again until something else changes. The repeats cost "
        "time, and a provider may take them for an attack.",
        mend="Try again only where nothing came back, or where the result asks for it, and wait longer each time.",
        source="",
        begin=_refusal_repeated,
        roles=("send", "rent", "change"),
    ),
    Rule(
        id="send-repeated",
        severity="high",
        title="Sends the same message twice within seconds",
        what="Two sends with the same fields came within ten seconds, and both were accepted. Either they had no id of "
        "the client's, or each had another one.",
        why="A person does not ask for a code twice so fast. It was a double click, or a retry after a lost answer. "
        "Both messages are paid for, and where a new code takes the place of the old one, the first is wrong at once.",
        mend="Give a send an id, where the operation has a field for it, and keep that id in a retry. Elsewhere do not "
        "retry a send by itself: ask the user.",
        source="RFC 9110, 9.2.2: a client should not automatically retry what is not idempotent",
        begin=_send_repeated,
        kinds=("messages", "requests"),
        roles=("send",),
    ),
    Rule(
        id="code-reused",
        severity="medium",
        title="Checks a code that was used",
        what="A code was checked again after it had been accepted.",
        why="A code is good once. The second check is refused, and a user who had logged in sees an error.",
        mend="Remember that the code was accepted, and do not check it again, after a double click or on the "
        "next page.",
        source="NIST SP 800-63B, 5.1.3.2: a secret is accepted only once",
        begin=_code_reused,
        roles=("verify",),
    ),
    Rule(
        id="verify-polled",
        severity="info",
        title="Checks the same code again and again",
        what=f"The same code for the same phone was checked {_TRIES} times within a minute, and refused.",
        why="A refused code stays refused. Polling finds out nothing, and wrong tries may lock the phone.",
        mend="Check a code once for each time that a user enters one.",
        source="",
        begin=_verify_polled,
        roles=("verify",),
    ),
    Rule(
        id="code-guessed",
        severity="medium",
        title="Lets a code be guessed",
        what=f"{_WRONG_CODES} wrong codes or more were checked for one phone, with no new code sent and none accepted.",
        why="Whoever may try as often as he likes finds a code of six digits in the end. Do not count on the provider "
        "to stop it.",
        mend="Count wrong codes, and after a few of them let the code be sent anew, or wait.",
        source="NIST SP 800-63B, 5.1.3.2 and 5.2.2: tries are limited",
        begin=_code_guessed,
        roles=("send", "verify"),
    ),
    Rule(
        id="path-unknown",
        severity="high",
        title="Asks a path that the provider does not have",
        what="A request met no operation: the path is not there, or not for this method.",
        why="The real provider answers with an error, in HTML or with a status that a client for JSON cannot read.",
        mend="Compare path and method with the spec. The journal of the request names the nearest operations.",
        source="the specs: paths and methods of the operations",
        begin=_path_unknown,
    ),
)
