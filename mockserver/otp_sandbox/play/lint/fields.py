"""Rules for all providers about fields: names, values, and how they travel."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from otp_sandbox.contract import IN_CLEAR, LOOKS_REAL, SECRET_IN_QUERY, Asked, Bound, Look, Rule, Subject, shown
from otp_sandbox.domain.challenges import Challenge
from otp_specs.model import Field

_COMPARED: Final = 20
"""Unknown names for which a known one like them is looked for: that takes long."""
_NAMED: Final = 10
"""Unknown names that are told of one request."""
_BETWEEN_PHONES: Final = re.compile(r"[,;|\n]")
_digits: Final = re.compile("[0-9]").sub
_letters: Final = re.compile(r"[^\W\d_]").sub
_FORM_MOST: Final = 40


def _fields_of(subject: Subject) -> dict[str | None, dict[str, Field]]:
    """Give the fields of each operation by name, those of all its transports."""
    found: dict[str | None, dict[str, Field]] = {}
    for operation in subject.provider.spec.operations:
        found.setdefault(operation.name, {}).update(operation.fields)
    return found


def _unknown(subject: Subject) -> Look:
    fields, handlers = _fields_of(subject), subject.provider.handlers
    exact = _has_exact_names(subject)
    told: dict[tuple[str, str], str] = {}

    def look(asked: Asked) -> str | None:
        if asked.operation is None or handlers[asked.operation].takes_unnamed_fields:
            return None
        known = fields[asked.operation]
        if asked.fields.keys() <= known.keys():
            return None
        details = []
        for name in asked.fields:
            if name not in known and not (exact and _like(name, known)):
                key = (asked.operation, name)
                if key not in told:
                    told[key] = _tell_unknown(name, asked.operation, known if len(told) < _COMPARED else {})
                details.append(told[key])
        return "; ".join(details[:_NAMED]) or None

    return look


def _tell_unknown(name: str, operation: str, known: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7) if known else ()
    return f"{shown(name)} is no parameter of {operation}" + (f"; {near[0]} is" if near else "")


def _has_exact_names(subject: Subject) -> bool:
    reading = subject.provider.reading
    by_choice = reading.exact_fields is not None and reading.exact_fields(subject.dialect)
    return by_choice or not reading.any_case_fields


def _like(name: str, known: Mapping[str, Field]) -> str | None:
    """Give the known name that differs in its case only."""
    lower = name.lower()
    return next((each for each in known if each.lower() == lower and each != name), None)


def _wrong_case(subject: Subject) -> Look:
    fields, exact = _fields_of(subject), _has_exact_names(subject)
    exact_paths = not subject.provider.reading.any_case_paths
    operations = subject.provider.spec.operations
    paths = {each.path.partition("#")[0].rstrip("/").lower(): each.path.partition("#")[0] for each in operations}
    constants = [
        (paths[each.path.partition("#")[0].rstrip("/").lower()], name, value)
        for each in operations
        for name, value in each.constants.items()
    ]

    def look(asked: Asked) -> str | None:
        if asked.operation is None:
            meant = paths.get(asked.path.rstrip("/").lower()) if exact_paths else None
            return f"{shown(asked.path)} is {meant}" if meant and meant.rstrip("/") != asked.path.rstrip("/") else None
        if exact:
            known = fields[asked.operation]
            for name in asked.fields:
                meant = None if name in known else _like(name, known)
                if meant:
                    return f"{shown(name)} of {asked.operation} is {meant}"
        for path, name, value in constants:
            sent = asked.fields.get(name, "")
            if sent != value and sent.lower() == value.lower() and asked.path.rstrip("/") == path.rstrip("/"):
                return f"{name}={shown(sent)} is {name}={value}"
        return None

    return look


def _code_case(subject: Subject) -> Look:
    issued: dict[str, set[str]] = {}

    def look(entry: Challenge | Asked) -> str | None:
        if isinstance(entry, Challenge):
            issued.setdefault(entry.to, set()).add(entry.code)
            return None
        if entry.success:
            return None
        for phone in subject.provider.phones.recipients(entry.fields):
            lower = {code.lower() for code in issued.get(phone, ()) if not code.isdigit()}
            if any(value not in issued[phone] and value.lower() in lower for value in entry.fields.values() if lower):
                return f"{entry.operation} with the code of the message in other letters: the case counts"
        return None

    return look


def _refused(subject: Subject) -> Look:
    fields, phones = _fields_of(subject), frozenset(subject.provider.phones.fields)

    def look(asked: Asked) -> str | None:
        if asked.operation is None or asked.success or asked.cause is None:
            return None
        for name, field in fields[asked.operation].items():
            if asked.cause == field.missing and not asked.fields.get(name):
                return f"{asked.operation} needs {name}"
            if asked.cause == field.malformed and asked.fields.get(name) and name not in phones:
                return f"{name} of {asked.operation} cannot be read"
        return None

    return look


def _bounds(subject: Subject) -> Look:
    bounds, fields = subject.provider.lint().bounds, _fields_of(subject)

    def look(asked: Asked) -> str | None:
        for bound in bounds:
            text = asked.fields.get(bound.field)
            if text and bound.field in fields.get(asked.operation, ()):
                outside = _outside(subject, bound, text)
                if outside is not None:
                    return outside
        return None

    return look


def _outside(subject: Subject, bound: Bound, text: str) -> str | None:
    value, policy = bound.read(text), subject.dialect.policy
    if value is None:
        return None
    unit = " characters" if bound.read is len else ""
    if value > policy(bound.most):
        return f"{bound.field} is above {policy(bound.most)}{unit}"
    if bound.least is not None and value < policy(bound.least):
        return f"{bound.field} is below {policy(bound.least)}{unit}"
    return None


def _phones_in(subject: Subject, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in subject.provider.phones.fields:
        for piece in _BETWEEN_PHONES.split(fields.get(name, "")):
            if piece:
                yield name, piece


def _phone_form(subject: Subject) -> Look:
    fields = _fields_of(subject)

    def look(asked: Asked) -> str | None:
        if asked.success:
            return None
        known = fields.get(asked.operation, {})
        for name, piece in _phones_in(subject, asked.fields):
            if _is_refused(subject, asked, known, name, piece) and not _lost_zero(subject, piece):
                return f"{name} as {_form(piece)}, where 9 is any digit"
        return None

    return look


def _is_refused(subject: Subject, asked: Asked, known: Mapping[str, Field], name: str, piece: str) -> bool:
    if name not in known:
        return False
    return subject.provider.phones.fold(piece) is None or asked.cause == known[name].malformed


def _lost_zero(subject: Subject, piece: str) -> bool:
    """Whether a text would be a phone with a zero in front, and is none, or not everywhere, without."""
    return piece[:1] != "0" and piece.isdigit() and subject.provider.phones.fold(f"0{piece}") is not None


def _form(text: str) -> str:
    """Show what a text is made of, and nothing of the number that it is."""
    form = _letters("a", _digits("9", text[:_FORM_MOST]))
    return shown(form if len(text) <= _FORM_MOST else f"{form}…")


def _leading_zero(subject: Subject) -> Look:
    fields = _fields_of(subject)
    issued: dict[str, set[str]] = {}

    def look(entry: Challenge | Asked) -> str | None:
        if isinstance(entry, Challenge):
            if entry.code[:1] == "0":
                issued.setdefault(entry.to, set()).add(entry.code)
            return None
        if entry.success:
            return None
        known = fields.get(entry.operation, {})
        for name, piece in _phones_in(subject, entry.fields):
            if _is_refused(subject, entry, known, name, piece) and _lost_zero(subject, piece):
                return f"{name} of {entry.operation} is a number without its zero in front"
        if entry.role == "verify":
            for phone in subject.provider.phones.recipients(entry.fields):
                short = {code.lstrip("0") for code in issued.get(phone, ())}
                if any(value in short for value in entry.fields.values() if value):
                    return f"{entry.operation} with a code without its zero in front"
        return None

    return look


def _secret_in_url(subject: Subject) -> Look:
    provider = subject.provider
    secrets, elsewhere = provider.identity.secrets, dict(provider.lint().bodies)
    for operation in provider.spec.operations:
        if operation.bodies:
            elsewhere.setdefault(operation.name, f"POST {operation.name}")

    def look(asked: Asked) -> str | None:
        if asked.came & SECRET_IN_QUERY:
            return f"{asked.method} {asked.operation} has a body, and its secrets are in the query"
        better = elsewhere.get(asked.operation or "")
        if better and asked.method == "GET" and any(name.lower() in secrets for name in asked.fields):
            return f"GET {asked.operation}; {better} takes them in a body"
        return None

    return look


def _flag(flag: int, detail: str) -> Look:
    return lambda asked: detail if asked.came & flag else None


_DOCUMENTED: Final = "the specs: the parameters that the provider documents for its operations"

RULES: Final = (
    Rule(
        id="parameter-unknown",
        severity="medium",
        title="Unknown or misspelt parameter",
        what="A request had a parameter that the operation does not have.",
        why="Providers ignore what they do not know. A misspelt parameter is as if it were left out, and nobody "
        "says so.",
        mend="Write the name as the spec has it, or leave the parameter out.",
        source=_DOCUMENTED,
        begin=_unknown,
    ),
    Rule(
        id="wrong-case",
        severity="high",
        title="Capitals and small letters mixed up where they matter",
        what="A path, a parameter or a fixed value was written in other capitals and small letters, at a provider that "
        "tells them apart.",
        why="For such a server it is another path, or another parameter, which it ignores or refuses.",
        mend="Write it exactly as the spec has it.",
        source="RFC 3986, 6.2.2.1: paths and queries are case-sensitive unless their scheme or server says otherwise",
        begin=_wrong_case,
    ),
    Rule(
        id="code-case",
        severity="info",
        title="Code sent in other letters than it was issued in",
        what="A check of a code was refused. The same code in capitals is one that was sent to this phone.",
        why="A code is compared as it is. A client that changes its case refuses people with the right code.",
        mend="Send the code in capitals, as the message has it, whatever the user typed; drop blanks around it.",
        source="",
        begin=_code_case,
        kinds=("codes", "requests"),
        roles=("verify",),
    ),
    Rule(
        id="parameter-refused",
        severity="medium",
        title="Parameter missing or unreadable",
        what="A request was refused because a parameter was missing, or was not what it must be.",
        why="No request like this can ever succeed.",
        mend="Send the parameter as the spec has it; check what your users enter before you send it.",
        source="the specs: parameters with the row that a missing or malformed one is answered with",
        begin=_refused,
    ),
    Rule(
        id="parameter-bounds",
        severity="medium",
        title="Parameter outside its bounds",
        what="A number was too small or too large, or a text too long, for the bounds that the provider documents.",
        why="What lies outside is refused, cut, or silently replaced, and another provider's version may do otherwise.",
        mend="Keep to the bounds.",
        source="the specs: the numbers under x-policy",
        begin=_bounds,
    ),
    Rule(
        id="phone-form",
        severity="high",
        title="Phone in a form that the provider refuses",
        what="A request named a recipient in a form that is no phone number to this provider.",
        why="Nothing is sent, and the user waits.",
        mend="Bring numbers into one form when they are entered, E.164 as a rule, and write them for the provider in "
        "the form that it documents.",
        source="the specs: parameters for phones, and the row that a malformed one is answered with",
        begin=_phone_form,
    ),
    Rule(
        id="leading-zero-lost",
        severity="high",
        title="Leading zero lost",
        what="A phone or a code came without the zero that it begins with.",
        why="Phones and codes are text. Kept as a number, in JSON, in a spreadsheet or in a column of a database, they "
        "lose the zeros in front. One code in ten is then wrong.",
        mend="Keep phones and codes as text everywhere.",
        source="RFC 8259, 6: a JSON number has no leading zeros",
        begin=_leading_zero,
        kinds=("codes", "requests"),
    ),
    Rule(
        id="secret-in-url",
        severity="high",
        title="Secret in an address, where a body exists",
        what="Credentials stood in the path or the query of a request, and the provider takes them in a body too.",
        why="Addresses are written to the logs of proxies and servers, and kept in histories. Bodies are not.",
        mend="Use the operation that takes its fields in a body, or the header where there is one.",
        source="CWE-598; RFC 9110, 17.9",
        begin=_secret_in_url,
    ),
    Rule(
        id="plain-http",
        severity="high",
        title="Plain HTTP to a host of the provider",
        what="A request for a host of the provider came without encryption.",
        why="Everybody on the way reads the credentials and the codes.",
        mend="Begin the address with https.",
        source="CWE-319",
        begin=lambda subject: _flag(IN_CLEAR, f"http:// to a host of {subject.provider.title}"),
    ),
    Rule(
        id="real-credentials",
        severity="high",
        title="Credentials of the real provider",
        what="A credential came that no lane has, and that is made as real ones are: letters and digits, 16 or more. "
        "Keys of a lane that was deleted look the same.",
        why="A real key in a test stands in files, in logs and in reports. Whoever finds it sends at your expense.",
        mend="Take the credentials of the sandbox, from `POST /_sandbox/v1/lanes` or `otp-sandbox env`. Withdraw "
        "a real key that was in a repository.",
        source="CWE-522",
        begin=lambda subject: _flag(LOOKS_REAL, f"a credential for {subject.provider.title} looks real"),
    ),
)
