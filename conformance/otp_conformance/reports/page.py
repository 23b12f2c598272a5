"""Results as one page that needs nothing else: summary, matrix, filter, and each failure with its exchange."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from otp_conformance.reports.terminal import how_much
from otp_conformance.results import Kind, Result, Run, count_kinds, exit_status, weaknesses

_VERDICTS = ("Conformant", "Not conformant", "Drift", "Could not run", "Usage")
_CLASSES = {
    Kind.PASSED: "ok",
    Kind.FAILED: "bad",
    Kind.STALE: "bad",
    Kind.COULD_NOT_RUN: "odd",
    Kind.KNOWN: "odd",
    Kind.NOT_APPLICABLE: "none",
}
_STYLE = """
:root { color-scheme: light dark; --ok: #1a7f37; --bad: #cf222e; --odd: #9a6700; --none: #6e7781; }
@media (prefers-color-scheme: dark) { :root { --ok: #3fb950; --bad: #f85149; --odd: #d29922; --none: #8b949e; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .6rem; }
tr { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.ok { color: var(--ok); } .bad { color: var(--bad); } .odd { color: var(--odd); } .none { color: var(--none); }
.verdict { font-size: 1.2rem; font-weight: 600; }
details.case { color: inherit; } details { margin: .2rem 0; padding: .3rem .6rem; border-left: 3px solid transparent; }
details.bad { border-color: var(--bad); } details.odd { border-color: var(--odd); }
summary { cursor: pointer; } summary .id { font-family: ui-monospace, monospace; color: inherit; }
summary .kind { float: right; } pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .6rem;
background: color-mix(in srgb, currentColor 8%, transparent); border-radius: 4px; }
input, select { font: inherit; padding: .3rem; } .hidden { display: none; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem 0; }
"""
_SCRIPT = """
const text = document.getElementById('text'), kind = document.getElementById('kind');
function filter() {
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const each of document.querySelectorAll('details.case')) {
    const has = words.every(word => each.dataset.text.includes(word)) &&
      (!kind.value || each.dataset.kind === kind.value);
    each.classList.toggle('hidden', !has);
    shown += has;
  }
  document.getElementById('shown').textContent = shown;
}
text.addEventListener('input', filter); kind.addEventListener('change', filter); filter();
"""


def document(run: Run, results: Sequence[Result], stopped: str = "") -> str:
    """Write the page."""
    ordered = sorted(results, key=lambda each: (each.kind in (Kind.PASSED, Kind.NOT_APPLICABLE), each.id))
    verdict = exit_status(results, stopped=bool(stopped), strict=run.strict)
    counts = count_kinds(results)
    kinds = "".join(f"<option>{escape(kind)}</option>" for kind, count in counts.items() if count)
    told = [", ".join(f"{count} {kind}" for kind, count in counts.items() if count)]
    told += [f"stopped: {stopped}"] if stopped else []
    told += how_much(results) if results else []
    notes = "".join(f"<li>{escape(each)}</li>" for each in weaknesses(results))
    return "\n".join(
        [
            "<!DOCTYPE html><html lang=en><head><meta charset=utf-8>",
            "<meta name=viewport content='width=device-width'>",
            f"<title>{_VERDICTS[verdict]}: {escape(run.target)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>Conformance of {escape(run.target)}</h1>",
            f"<p class='verdict {'ok' if verdict == 0 else 'bad'}'>{_VERDICTS[verdict]}</p>",
            f"<p>{'<br>'.join(map(escape, told))}</p>",
            f"<p>What this run does not prove:</p><ul>{notes}</ul>" if notes else "",
            f"<h2>Matrix</h2>{_matrix(results)}",
            "<h2>Cases</h2><p><input id=text type=search placeholder='filter: words of id or rule' size=36>",
            f"<select id=kind aria-label=kind><option value=''>all</option>{kinds}</select>",
            "<span id=shown></span> shown</p>",
            *map(_case, ordered),
            f"<script>{_SCRIPT}</script></body></html>",
        ]
    )


def _matrix(results: Iterable[Result]) -> str:
    held = list(results)
    kinds = [kind for kind in Kind if any(each.kind == kind for each in held)]
    head = "".join(f"<th class=n>{escape(kind)}" for kind in kinds)
    rows = []
    for provider, family in sorted({(each.provider, each.family) for each in held}):
        counts = count_kinds(each for each in held if (each.provider, each.family) == (provider, family))
        cells = "".join(f"<td class='n {_CLASSES[kind]}'>{counts[kind] or ''}" for kind in kinds)
        rows.append(f"<tr><td>{escape(provider)}<td>{escape(family)}{cells}")
    return f"<table><thead><tr><th>provider<th>family{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _case(result: Result) -> str:
    css = _CLASSES[Kind(result.kind)]
    searched = " ".join((result.id, result.rule, *result.sources, *result.evidence)).lower()
    facts = {
        "Rule": result.rule,
        "Level": result.level,
        "Source": "; ".join(result.sources),
        "Evidence": ", ".join(result.evidence),
        "Reason": result.reason,
        "Expected": " or ".join(result.expected),
        "Actual": result.actual,
    }
    listed = "".join(f"<dt>{name}<dd>{escape(value)}" for name, value in facts.items() if value)
    exchanges = "".join(map(_exchange, result.exchanges))
    opened = " open" if css == "bad" else ""
    kind = escape(result.kind)
    return (
        f"<details class='case {css}' data-kind='{kind}' data-text='{escape(searched)}'{opened}>"
        f"<summary><span class=id>{escape(result.id)}</span><span class='kind {css}'>{kind}</span></summary>"
        f"<dl>{listed}</dl>{exchanges}</details>"
    )


def _exchange(shown: Mapping[str, Any]) -> str:
    head = f"HTTP {shown['status']} {shown['content_type']}"
    return f"<pre>{escape(shown['curl'])}\n\n{escape(head)}\n{escape(shown['answer'])}</pre>"
