"""Mistakes that somebody could make in the patterns and the account of Amoot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mutants.amoot import made
from mutants.amoot.reports import CREATE, PATTERNS, listed, value
from mutants.kit import Decided, Mistake, body, handler, of_facts, with_values
from otp_sandbox.contract import Call, Check, Provider
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State

ACCOUNT = "AccountStatus"


_SAMPLE: Final = {"BaseSMS_EnglishPrice": 5000, "ServiceSMS_PersianPrice": 2050, "AdsSMS_PersianPrice": 3870}


def _otp_by_default(call: Call) -> Call:
    return call if call.text("IsOTP") else with_values(call, IsOTP=True)


def _unkept(_: Call, __: State, change: Decided) -> Decided:
    return Change(change.verdict)


def _same_number(_: Call, __: State, change: Decided) -> Decided:
    held: Any = change.verdict.facts["pattern"]
    pattern = replace(held, id=1001)
    for key, account in change.writes.items():
        change.writes[key] = replace(account, patterns=(*account.patterns[:-1], pattern))
    return replace(change, verdict=replace(change.verdict, facts={**change.verdict.facts, "pattern": pattern}))


def _in_english(facts: dict[str, Any]) -> dict[str, Any]:
    """Explain in English; the one explanation that is known, of 3, stays."""
    assumed = facts.get("validation") not in {None, 3}
    return {**facts, "explanation": "The pattern is wrong."} if assumed else facts


in_english: Final = handler(CREATE, refusal=of_facts(_in_english))


def _numbers_first(provider: Provider) -> Provider:
    held = provider.handlers[CREATE].checks()
    outside = held["number_patterns_outside"]

    def behind(cause: str) -> Check:
        return lambda call, state: held[cause](call, state) and not outside(call, state)

    altered: Mistake = handler(
        CREATE, checks=lambda own: {**own, **{each: behind(each) for each in ("patterns_empty", "patterns_duplicate")}}
    )
    return altered(provider)


def _created(change: Callable[[dict[str, Any]], Any]) -> Mistake:
    return body(lambda document: {**document, "Data": change(document["Data"])}, CREATE)


def _always_null(document: Any) -> Any:
    refused = document["Data"] == [] and document["Status"] != "Success"
    return {**document, "Data": None} if refused else document


def _wrapped(document: dict[str, Any]) -> dict[str, Any]:
    return {"Status": document["Status"], "Data": {key: held for key, held in document.items() if key != "Status"}}


def _floats(document: dict[str, Any]) -> dict[str, Any]:
    return {key: float(held) if key.endswith("Price") else held for key, held in document.items()}


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return document if document["Status"] == "Success" else {"Status": document["Status"]}


WRITTEN: Final = (
    made(
        "pattern-variables-sorted",
        "variables are sorted",
        value("Patterns", lambda held: held and sorted(held), CREATE),
    ),
    made(
        "pattern-numbers-empty-list",
        "no number variables are an empty array at once",
        value("NumberPatterns", lambda held: held or [], CREATE),
    ),
    made("pattern-number-before-variables", "number variables are checked first", _numbers_first),
    made("pattern-refusal-null", "a refused pattern is null", _created(lambda data: data if data["ID"] else None)),
    made("pattern-words-english", "what is wrong with a pattern is told in English", in_english),
    made("pattern-not-kept", "a new pattern is forgotten", handler(CREATE, change=_unkept)),
    made("pattern-number-again", "all new patterns have one number", handler(CREATE, change=_same_number)),
    made(
        "pattern-list-null",
        "no number variables are null in the list, no patterns too",
        body(
            lambda document: {
                **document,
                "Data": [{**row, "NumberPatterns": row["NumberPatterns"] or None} for row in document["Data"]] or None,
            },
            PATTERNS,
        ),
    ),
    made(
        "pattern-list-approved-only",
        "only approved patterns are listed",
        listed(PATTERNS, lambda _, found: [each for each in found if each.approved]),
    ),
    made(
        "pattern-bool-of-csharp", "only True is true", handler(CREATE, readers={"IsOTP": lambda text: text == "True"})
    ),
    made(
        "pattern-bool-of-json",
        "only true is true, in small letters",
        handler(CREATE, readers={"IsOTP": lambda text: text in {"true", "1"}}),
    ),
    made("pattern-bool-default", "a pattern is for codes unless told", handler(CREATE, call=_otp_by_default)),
    made("pattern-bool-any-text", "any text is true", handler(CREATE, readers={"IsOTP": lambda _: True})),
    made(
        "pattern-numbers-in-one",
        "number variables are one name",
        handler(CREATE, readers={"NumberPatterns": lambda text: (text,)}),
    ),
    made("account-wrapped", "the account stands in Data", body(_wrapped, ACCOUNT)),
    made("account-prices-as-floats", "prices have a fraction", body(_floats, ACCOUNT)),
    made(
        "account-lines-as-text",
        "the lines are one text",
        body(lambda document: {**document, "ListLineNumbers": ",".join(document["ListLineNumbers"])}, ACCOUNT),
    ),
    made(
        "account-lines-of-the-sample",
        "every account has the lines of the sample",
        body(lambda document: {**document, "ListLineNumbers": ["98", "Public", "Service"]}, ACCOUNT),
    ),
    made(
        "account-credit-stale",
        "the credit never falls",
        body(lambda document: {**document, "RemaindCredit": 1_000_000}, ACCOUNT),
    ),
    made(
        "account-prices-of-the-sample",
        "prices are those of the sample",
        body(lambda document: {**document, **_SAMPLE}, ACCOUNT),
    ),
    made("account-refusal-bare", "a refusal has a status only", body(_bare, ACCOUNT)),
    made(
        "refusal-always-null",
        "a refusal has null in the place of rows",
        body(_always_null, "GetDeliveries", "GetMessages", "RecieveMessages", "RecieveNewMessages", PATTERNS),
    ),
)
