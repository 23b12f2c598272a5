"""The reports: canonical JSON, the drift between two of them, and the page."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest

from equipment import browser
from otp_conformance.options import Options
from otp_conformance.reports import canonical, drift, page, terminal
from otp_conformance.results import Kind, Result
from otp_sandbox.app import build
from otp_sandbox.settings import gathered
from otp_specs import load

Made = Callable[..., Result]
OPTIONS = Options(target="http://127.0.0.1:6877", choices={"esms.code-case": "ignore"})
EXCHANGE = {
    "operation": "CheckCodeGen_V4_get",
    "curl": "curl -i --globoff -X GET 'http://127.0.0.1:6877/x?ApiKey=***&a=<b>'",
    "status": 200,
    "content_type": "application/json",
    "answer": '{"CodeResult":"100</pre><script>alert(1)</script>"}',
}


def _failure(made: Made, **more: Any) -> Result:
    values = {
        "reason": "expected A or B; got <C>",
        "expected": ["A & a", "B"],
        "actual": "<C>",
        "exchanges": [EXCHANGE],
        "rule": 'A "rule" & <b>its</b> end',
        "sources": ["S1 'quoted'"],
    }
    return made(Kind.FAILED, **values | more)


# The canonical report


def test_a_report_reads_back_as_it_was_written(made: Made) -> None:
    held = canonical.read(canonical.document(OPTIONS, [_failure(made), made(id="esms.a.b")]))

    assert [each["id"] for each in held["results"]] == ["esms.a.b", "esms.money.price"]
    assert (held["status"], held["counts"]["failed"], held["choices"]) == (1, 1, {"esms.code-case": "ignore"})
    assert Result(**held["results"][1]).as_json() == _failure(made).as_json()


def test_the_order_of_the_results_leaves_no_trace(made: Made) -> None:
    """A parallel run writes the same bytes."""
    results = [made(id=f"esms.a.{number}") for number in range(9)]

    assert canonical.document(OPTIONS, results) == canonical.document(OPTIONS, results[::-1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 3, "target": "http://x", "results": []}',
        '{"format": 1, "target": "ftp://x", "results": []}',
        '{"format": 1, "target": "http://x"}',
    ],
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical.read(text.encode())


def test_a_report_of_the_form_before_is_read(made: Made) -> None:
    """There a note was called observed, and nothing was said of evidence."""
    held = orjson.loads(canonical.document(OPTIONS, [made(level="note"), made(id="esms.a.b")]))
    for result in held["results"]:
        del result["evidence"]
        result["level"] = result["level"].replace("note", "observed")

    read = canonical.read(orjson.dumps(held | {"format": 1}))

    assert [each["level"] for each in read["results"]] == ["must", "note"]
    assert [Result(**each).evidence for each in read["results"]] == [[], []]


# Drift


def _report(*results: Result, **choices: str) -> dict[str, Any]:
    return canonical.read(canonical.document(Options(target="http://x", choices=choices), results))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Kind.PASSED, Kind.PASSED, []),
        (Kind.PASSED, Kind.FAILED, ["newly failing"]),
        (Kind.PASSED, Kind.STALE, ["changed"]),
        (Kind.FAILED, Kind.PASSED, ["newly passing"]),
        (Kind.KNOWN, Kind.PASSED, ["newly passing"]),
        (Kind.FAILED, Kind.KNOWN, ["changed"]),
    ],
)
def test_a_case_that_came_out_otherwise_has_a_class(before: Kind, after: Kind, expected: list[str], made: Made) -> None:
    found = drift.compare(_report(made(before)), _report(made(after)))

    assert [each.kind for each in found.changes] == expected
    assert (found.judged, found.before_only, found.after_only) == (1, 0, 0)


@pytest.mark.parametrize("judged", [Kind.PASSED, Kind.FAILED, Kind.KNOWN, Kind.STALE])
@pytest.mark.parametrize("other", [Kind.NOT_APPLICABLE, Kind.COULD_NOT_RUN])
def test_what_only_one_run_judged_is_no_drift(judged: Kind, other: Kind, made: Made) -> None:
    """It is counted, and so is what the other report does not have at all."""
    one = _report(made(judged), made(id="esms.a.b"), made(id="esms.c.d"))
    two = _report(made(other), made(id="esms.a.b"))

    there, back = drift.compare(one, two), drift.compare(two, one)

    assert (there.changes, there.judged, there.before_only, there.after_only) == ([], 1, 2, 0)
    assert (back.changes, back.judged, back.before_only, back.after_only) == ([], 1, 0, 2)


def test_a_case_that_fails_otherwise_has_changed(made: Made) -> None:
    """The same failure is no drift, another answer is."""
    one = _report(_failure(made))

    assert drift.compare(one, _report(_failure(made, actual="<C>"))).changes == []
    changed = drift.compare(one, _report(_failure(made, actual="D"))).changes
    assert [each.kind for each in changed] == ["changed"]


def test_the_worst_comes_first(made: Made) -> None:
    kinds = {"a": Kind.FAILED, "b": Kind.FAILED, "c": Kind.PASSED, "d": Kind.PASSED}
    later = {"a": Kind.KNOWN, "b": Kind.PASSED, "c": Kind.COULD_NOT_RUN, "d": Kind.FAILED}
    before, after = (_report(*(made(kind, id=name) for name, kind in each.items())) for each in (kinds, later))

    assert [(each.id, each.kind) for each in drift.compare(before, after).changes] == [
        ("d", "newly failing"),
        ("a", "changed"),
        ("b", "newly passing"),
    ]


def test_the_drift_report_tells_rule_source_evidence_and_both_sides(made: Made) -> None:
    behaviour = next(each for each in load("esms").behaviours if each.evidence == "observed")
    found = drift.compare(_report(made(covers=[behaviour.id])), _report(_failure(made, covers=[behaviour.id])))

    assert drift.write_text(found, {"esms.code-case": "ignore"}).splitlines() == [
        "newly failing: esms.money.price",
        '  rule:     A "rule" & <b>its</b> end',
        "  source:   S1 'quoted'",
        "  evidence: observed",
        "  before:   passed",
        "  after:    failed: <C>",
        "  expected: A & a or B",
        "1 cases came out otherwise",
        "judged by both: 1; only by the first: 0, the second: 0",
        "proposed choice: esms.code-case = ignore",
    ]
    same = drift.compare(_report(made()), _report(made()))
    assert drift.write_text(same, {}).splitlines()[0] == "nothing came out otherwise"


@pytest.mark.parametrize(
    ("kinds", "chosen", "expected"),
    [
        ({"exact": Kind.PASSED}, {}, {}),
        ({"ignore": Kind.PASSED}, {}, {"esms.code-case": "ignore"}),
        ({"ignore": Kind.PASSED}, {"esms.code-case": "ignore"}, {}),
        ({"exact": Kind.FAILED}, {}, {"esms.code-case": "ignore"}),
        ({"exact": Kind.FAILED, "ignore": Kind.FAILED}, {}, {}),
        ({"exact": Kind.PASSED, "ignore": Kind.PASSED}, {}, {}),
        ({"exact": Kind.NOT_APPLICABLE, "ignore": Kind.COULD_NOT_RUN}, {}, {}),
        ({"ignore": Kind.FAILED}, {"esms.code-case": "ignore"}, {"esms.code-case": "exact"}),
    ],
)
def test_a_choice_is_proposed_only_where_the_cases_leave_one(
    kinds: dict[str, Kind], chosen: dict[str, str], expected: dict[str, str], made: Made
) -> None:
    results = [made(kind, id=option, covers=[f"esms.code-case={option}"]) for option, kind in kinds.items()]

    assert drift.propose_choices(_report(*results, **chosen)) == expected


def test_three_options_and_one_failure_leave_no_choice(made: Made) -> None:
    held = _report(made(Kind.FAILED, covers=["esms.lifetime-range=two-to-ten", "esms.no-such=x"]))

    assert drift.propose_choices(held) == {}


@pytest.mark.parametrize("choices", [{}, {"esms.code-case": "ignore", "amoot.status-format": "number"}])
def test_proposed_choices_are_a_configuration_of_the_sandbox(choices: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "choices.toml"
    path.write_text(drift.write_toml(choices), "utf-8")

    settings = gathered({"config": str(path)}, {}, {})

    assert tomllib.loads(path.read_text("utf-8")) == {"lanes": {"default": {"choices": choices}}}
    assert settings.lanes["default"]["choices"] == choices
    build(settings)


# The terminal


def test_a_failure_is_told_so_that_it_can_be_reported(made: Made) -> None:
    told = terminal.failure(_failure(made))

    for part in ("esms.money.price (must): failed", "A & a or B", "<C>", "S1 'quoted'", EXCHANGE["curl"], "HTTP 200"):
        assert str(part) in told


def test_the_summary_ends_with_the_verdict_and_its_weaknesses(made: Made) -> None:
    lines = terminal.summary([_failure(made), made(id="esms.a.b")]).splitlines()

    assert lines[1].split() == ["esms", "money", "1", "1"]
    assert lines[3] == "not conformant: 1 passed, 1 failed"
    assert lines[4] == "judged: 2 of 2 cases (must 2 of 2)"
    assert lines[5].startswith("note: no code was ever read")


def test_every_report_says_on_what_the_cases_rest(made: Made) -> None:
    """Of each word how many there were, and how many were judged; a case may rest on two."""
    results = [
        _failure(made, evidence=["documented", "observed"]),
        made(id="esms.a.b", evidence=["observed"]),
        made(Kind.NOT_APPLICABLE, id="esms.a.c", evidence=["observed", "assumed"]),
    ]
    told = "evidence: documented 1 of 1, observed 2 of 3, assumed 0 of 1"

    held = canonical.read(canonical.document(OPTIONS, results))
    document = page.document(OPTIONS, results)

    assert held["evidence"] == {
        "documented": {"judged": 1, "of": 1},
        "observed": {"judged": 2, "of": 3},
        "assumed": {"judged": 0, "of": 1},
        "contradicted": {"judged": 0, "of": 0},
    }
    assert held["results"][2]["evidence"] == ["documented", "observed"]
    assert told in terminal.summary(results).splitlines()
    assert f"<br>{told}<br>" in document
    assert "  evidence: documented, observed" in terminal.failure(results[0]).splitlines()
    assert "<dt>Evidence<dd>documented, observed" in document


def test_the_summary_says_how_much_was_judged_and_why_the_rest_was_not(made: Made) -> None:
    """The five commonest reasons; the others are counted."""
    left = [made(Kind.NOT_APPLICABLE, reason=f"reason {number}", level="should") for number in range(7)]
    more = [made(Kind.COULD_NOT_RUN, reason="reason 6")]

    told = terminal.summary([made(), *left, *more], "broken off").splitlines()

    assert "could not run: 1 passed, 7 not applicable, 1 could not run" in told
    assert "stopped: broken off" in told
    assert "judged: 1 of 9 cases (must 1 of 2, should 0 of 7)" in told
    assert "not judged: 2 reason 6; 1 reason 0; 1 reason 1; 1 reason 2; 1 reason 3; 2 for other reasons" in told


def test_every_report_says_how_much_was_judged(made: Made) -> None:
    results = [made(), made(Kind.NOT_APPLICABLE, id="esms.a.b", reason="no clock", level="should")]

    held = canonical.read(canonical.document(OPTIONS, results, "broken off"))
    document = page.document(OPTIONS, results, "broken off")

    assert held["judged"] == {
        "must": {"judged": 1, "of": 1},
        "should": {"judged": 0, "of": 1},
        "note": {"judged": 0, "of": 0},
    }
    assert (held["status"], held["stopped"], held["not_judged"]) == (3, "broken off", {"no clock": 1})
    assert "judged: 1 of 2 cases (must 1 of 1, should 0 of 1)<br>not judged: 1 no clock" in document
    assert "<title>Could not run" in document


# The page


class _Reader(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order; texts are kept by element."""

    OPTIONAL = frozenset({"dt", "dd", "li", "td", "th", "tr"})
    EMPTY = frozenset({"meta", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.links += [str(value) for name, value in attributes if name in {"src", "href", "action"}]
        self.texts.setdefault(tag, []).append("")
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1] != tag:
            left = self.open.pop()
            assert left in self.OPTIONAL, f"<{left}> is not closed before </{tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += data


def _read(results: list[Result], target: str = OPTIONS.target) -> _Reader:
    reader = _Reader()
    reader.feed(page.document(Options(target=target), results))
    reader.close()
    return reader


def test_the_page_is_well_formed_and_needs_nothing_else(made: Made) -> None:
    reader = _read([_failure(made), *(made(kind, id=f"esms.a.{kind}") for kind in Kind)])

    assert reader.open == []
    assert reader.links == []
    assert "url(" not in reader.texts["style"][0]
    assert "import" not in reader.texts["script"][0]


def test_the_page_holds_all_of_a_failure(made: Made) -> None:
    reader = _read([_failure(made)])

    dd = dict(zip(reader.texts["dt"], reader.texts["dd"], strict=True))
    assert dd == {
        "Rule": 'A "rule" & <b>its</b> end',
        "Level": "must",
        "Source": "S1 'quoted'",
        "Reason": "expected A or B; got <C>",
        "Expected": "A & a or B",
        "Actual": "<C>",
    }
    assert reader.texts["pre"] == [
        f"{EXCHANGE['curl']}\n\nHTTP 200 application/json\n{EXCHANGE['answer']}",
    ]


def test_nothing_of_the_target_becomes_markup(made: Made) -> None:
    """One script, ours, whatever id, rule, answer or address say."""
    nasty = "'\"><script>x</script>"
    reader = _read(
        [_failure(made, id=nasty, rule=nasty, reason=nasty, provider=nasty, family=nasty, sources=[nasty])],
        f"http://x/{nasty}",
    )

    assert len(reader.texts["script"]) == 1
    assert "b" not in reader.texts
    assert nasty in reader.texts["h1"][0]
    assert reader.open == []


def test_failures_come_first_and_the_verdict_is_in_words(made: Made) -> None:
    document = page.document(OPTIONS, [made(id="esms.a.b"), _failure(made)])

    assert document.index("id>esms.money.price") < document.index("id>esms.a.b")
    assert "<title>Not conformant: http://127.0.0.1:6877</title>" in document
    assert "What this run does not prove" in document


def test_a_browser_runs_the_filter_and_shows_the_failure(made: Made, tmp_path: Path) -> None:
    """The count of shown cases is written by the script alone."""
    path = tmp_path / "page.html"
    path.write_text(
        page.document(OPTIONS, [made(id=f"esms.a.{number}", rule="Other.") for number in range(4)] + [_failure(made)])
    )
    filtered = tmp_path / "filtered.html"
    filtered.write_text(
        path.read_text("utf-8").replace("filter();\n</script>", "text.value = 'PRICE esms'; filter();\n</script>")
    )

    dom = browser.dom(path, tmp_path / "profile")
    few = browser.dom(filtered, tmp_path / "profile")

    assert '<span id="shown">5</span>' in dom
    assert "Not conformant" in dom
    assert "A &amp; a or B" in dom
    assert '<span id="shown">1</span>' in few
    assert few.count("case ok hidden") == 4
