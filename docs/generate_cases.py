# ruff: noqa: INP001  (a script beside the page that it makes)
"""`python docs/generate_cases.py` makes `conformance-cases.md` from the suite. A test says when it is stale.

It fails when an outcome of a played operation, a behaviour or an option has neither a case nor a reason.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from conformance.case import Case, all_cases  # noqa: E402  (of this tree, whatever is installed)
from specs import Spec, available, load  # noqa: E402  (as above)

PAGE = ROOT / "docs" / "conformance-cases.md"
MAGIC = "reachable by a magic value only: the sandbox has no list of its own to fill"
HIDDEN = "not observable from outside"
NEVER = "says that something never happens"
LINE = "about the line to the host, not about what is played"

SHOWN: Mapping[str, str] = {
    "esms.http-status": "esms.answer.accepted_body",
    "esms.json-answers": "esms.answer.accepted_body",
    "esms.answer-charset": "esms.answer.accepted_body",
    "esms.code-result-text": "esms.answer.accepted_body",
    "esms.count-regenerate": "esms.answer.accepted_body",
    "esms.member-order": "esms.answer.accepted_body",
    "esms.absent-members": "esms.answer.accepted_body",
    "esms.accepted-answer": "esms.answer.accepted_body",
    "esms.double-slash": "esms.spellings.paths",
    "esms.path-case": "esms.spellings.paths",
    "esms.trailing-slash": "esms.spellings.paths",
    "esms.get-only": "esms.methods.methods",
    "esms.message-encoding": "esms.spellings.encodings",
    "esms.plus-is-space": "esms.spellings.encodings",
    "esms.invalid-request-body": "esms.lifetime.strict_lifetime",
    "esms.wrong-credentials": "esms.authentication.keys",
    "esms.authorize-text": "esms.authentication.keys",
    "esms.missing-credentials": "esms.authentication.keys",
    "esms.credentials-first": "esms.authentication.keys",
    "esms.credentials-in-query": "esms.authentication.keys",
    "esms.account-locked": "esms.account.account",
    "esms.ip-not-allowed": "esms.account.account",
    "esms.ip-list-optional": "esms.answer.accepted_body",
    "esms.check-order": "esms.order-of-checks.order",
    "esms.phone-missing": "esms.phone.phone_invalid",
    "esms.phone-malformed": "esms.phone.phone_invalid",
    "esms.phone-forms": "esms.phone.phone",
    "esms.phone-separators": "esms.phone.phone",
    "esms.phone-spellings": "esms.binding.phone",
    "esms.phone-echo": "esms.binding.phone",
    "esms.type-missing": "esms.type.type_of_message",
    "esms.type-other": "esms.type.type_of_message",
    "esms.brandname-unknown": "esms.brandname.brandname",
    "esms.brandname-missing": "esms.brandname.brandname",
    "esms.brandname-exact": "esms.brandname.brandname",
    "esms.no-price-list": "esms.money.balance",
    "esms.not-enough-balance": "esms.money.balance",
    "esms.charged-once": "esms.money.charge",
    "esms.refusal-free": "esms.money.refusals_are_free",
    "esms.placeholder": "esms.message-text.placeholder",
    "esms.placeholder-repeated": "esms.message-text.placeholder",
    "esms.placeholder-missing": "esms.message-text.template",
    "esms.message-missing": "esms.message-text.template",
    "esms.template-mismatch": "esms.message-text.template",
    "esms.template-smsid": "esms.message-text.template",
    "esms.template-compare": "esms.message-text.template_is_trimmed",
    "esms.template-place": "esms.message-text.template_place",
    "esms.early-refusal-no-smsid": "esms.brandname.brandname",
    "esms.smsid-opaque": "esms.answer.ids_differ",
    "esms.no-request-id": "esms.answer.ids_differ",
    "esms.no-send-limit": "esms.answer.ids_differ",
    "esms.code-not-returned": "esms.answer.code_is_not_told",
    "esms.lifetime-default": "esms.lifetime.lifetime",
    "esms.lifetime-minutes": "esms.lifetime.lifetime",
    "esms.lifetime-not-a-number": "esms.lifetime.lifetime",
    "esms.code-expires": "esms.lifetime.lifetime",
    "esms.is-number": "esms.code.alphabet",
    "esms.is-number-default": "esms.code.alphabet",
    "esms.code-alphabet": "esms.code.alphabet",
    "esms.right-code": "esms.one-time-use.second_try_is_refused",
    "esms.verdict-in-error-message": "esms.one-time-use.second_try_is_refused",
    "esms.no-content-member": "esms.refusal.one_hundred_seventeen",
    "esms.code-per-phone": "esms.binding.phone",
    "esms.code-per-account": "esms.lanes.other_account",
    "esms.refusal-text": "esms.refusal.one_hundred_seventeen",
    "esms.one-refusal": "esms.refusal.one_answer_for_all",
    "esms.check-bad-phone": "esms.refusal.one_answer_for_all",
    "esms.check-no-code": "esms.refusal.one_answer_for_all",
}
"""Behaviours that a case shows without naming them: the case, without its row."""

REASONS: Mapping[str, str] = {
    "esms:phone_blocked": MAGIC,
    "esms:carrier_not_registered": MAGIC,
    "esms:keyword_blocked": MAGIC,
    "esms.phone-blocked": MAGIC,
    "esms.keyword-blocked": MAGIC,
    "esms.carrier-not-registered": MAGIC,
    "esms.late-refusal-smsid": MAGIC,
    "esms.both-schemes": LINE,
    "esms.invalid-request-unreached": NEVER,
    "esms.own-texts": "says that the text does not count, so there is nothing to require",
    "esms.phone-named": "the text is the table's row, which every case about a malformed phone is held against",
    "esms.accepted-not-delivered": HIDDEN + ": delivery reports are not played",
    "esms.no-callback": NEVER,
    "esms.no-sandbox-switch": "an unknown parameter changes nothing; no case sends this one",
    "amoot:server_error": MAGIC,
    "amoot.server-error": MAGIC,
    "amoot.mobile-black-listed": MAGIC,
    "thuesim.token-tiers": HIDDEN + ": who gets a token is decided before there is one",
}
"""What has no case, and why."""


def page() -> str:
    """Make the page.

    Raises:
        ValueError: something has neither case nor reason, or a table names what does not exist.
    """
    cases = all_cases()
    specs = {name: load(name) for name in available()}
    problems = [problem for spec in specs.values() for problem in _problems(spec, cases)]
    problems += _stale(specs, cases)
    if problems:
        raise ValueError("\n".join(problems))
    parts = [_HEAD.format(count=len(cases))]
    for spec in specs.values():
        parts += [f"\n## {spec.title}\n", *_families(spec, cases), *_without(spec)]
    return "".join(parts)


_HEAD = """# Conformance: all cases

Made by `python docs/generate_cases.py` from the {count} cases of the suite; [conformance](conformance.md) says how to
run them. *Evidence* is that of the behaviours which a case names. A case with several rows of input is one line here.
Tiers: 0 nothing is sent, 1 free reads, 2 sends, 3 long waits.
"""


def _families(spec: Spec, cases: Sequence[Case]) -> Iterator[str]:
    own = [case for case in cases if case.provider == spec.provider]
    for family in dict.fromkeys(case.family for case in own):
        yield f"\n### {spec.provider}: {family}\n\n"
        yield "| Id | Rule | Level | Tier | Sources | Evidence |\n|---|---|---|---|---|---|\n"
        grouped: dict[str, list[Case]] = {}
        for case in own:
            if case.family == family:
                grouped.setdefault(_base(case), []).append(case)
        for name, rows in grouped.items():
            first = rows[0]
            count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
            sources = _cell("; ".join(first.sources))
            cells = (
                f"`{name}`{count}",
                _cell(first.rule),
                first.level,
                f"{first.tier:d}",
                sources,
                _proof(spec, first),
            )
            yield f"| {' | '.join(cells)} |\n"


def _proof(spec: Spec, case: Case) -> str:
    named = {cover.partition("=")[0] for cover in case.covers} | {
        name for name, shown in SHOWN.items() if shown == _base(case)
    }
    return ", ".join(sorted({each.evidence for each in spec.behaviours if each.id in named})) or "—"


def _without(spec: Spec) -> Iterator[str]:
    rows = [(name, reason) for name, reason in REASONS.items() if re.split("[.:]", name)[0] == spec.provider]
    yield f"\n### {spec.provider}: without a case\n\n"
    yield "| What | Reason |\n|---|---|\n" if rows else "Nothing.\n"
    for name, reason in rows:
        yield f"| `{name}` | {_cell(reason)} |\n"


def _wanted(spec: Spec) -> Iterator[str]:
    """Name what must have a case or a reason."""
    yield from sorted({f"{spec.provider}:{each.outcome}" for own in spec.operations for each in own.answers})
    for behaviour in spec.behaviours:
        if behaviour.options is None:
            yield behaviour.id
        else:
            yield from (f"{behaviour.id}={option}" for option in behaviour.options)


def _problems(spec: Spec, cases: Sequence[Case]) -> Iterator[str]:
    covered = {cover for case in cases for cover in case.covers} | set(SHOWN)
    for name in _wanted(spec):
        if name not in covered and name not in REASONS:
            yield f"{name} has neither a case nor a reason"
        if name in covered and name in REASONS:
            yield f"{name} has a case, so it needs no reason"


def _stale(specs: Mapping[str, Spec], cases: Sequence[Case]) -> list[str]:
    known = {name for spec in specs.values() for name in _wanted(spec)}
    bases = {_base(case) for case in cases}
    found = [f"{name} does not exist" for name in (*SHOWN, *REASONS) if name not in known]
    return found + [
        f"{name} is shown by {case}, which does not exist" for name, case in SHOWN.items() if case not in bases
    ]


def _base(case: Case) -> str:
    return case.id.partition("[")[0]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    try:
        PAGE.write_text(page(), "utf-8")
    except ValueError as problems:
        sys.exit(str(problems))
