"""Prometheus takes the figures, the alerts and the queries of the dashboard as they are."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from equipment import promtool

FOLDER = Path(__file__).parents[2] / "examples" / "grafana"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
ALERTS = [
    each for group in yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"] for each in group["rules"]
]
QUERIES = [(each["title"], target["expr"]) for each in PANELS for target in each["targets"]]
VARIABLES = {"$__rate_interval": "1m", "$__range": "1h", "$job": ".+"}
OF_PROMETHEUS = {"up"}
"""Names of figures that Prometheus itself makes."""
COLUMNS = 24


@pytest.fixture
async def exposed(client: Any) -> str:
    """What a sandbox shows in which something has happened."""
    await client.send("GET", "/MainService.svc/json/CheckCodeGen_V4_get")
    text: str = (await client.send("GET", "/metrics")).text
    return text


def _query(expr: str) -> str:
    for name, value in VARIABLES.items():
        expr = expr.replace(name, value)
    return expr


def _names(expr: str) -> set[str]:
    """Give the names of figures in a query: those of this sandbox and of its process."""
    return set(re.findall(r"\b(?:otp_sandbox|process)_\w+|\bup\b", expr))


async def test_promtool_finds_nothing_in_the_figures(exposed: str, tmp_path: Path) -> None:
    """Their names, types and help follow the habits."""
    told = await asyncio.to_thread(promtool.run, "check", "metrics", cwd=tmp_path, given=exposed)

    assert told.strip() == ""


@pytest.mark.parametrize("name", ["prometheus.yml", "alerts.yml"])
def test_promtool_takes_the_files(name: str) -> None:
    kind = {"prometheus.yml": "config", "alerts.yml": "rules"}[name]

    assert "SUCCESS" in promtool.run("check", kind, name, cwd=FOLDER)


def test_alerts_fire_when_they_should_and_not_before(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "alerts.yml", tmp_path)
    shutil.copy(Path(__file__).parent / "prometheus" / "alerts_test.yml", tmp_path)

    assert "SUCCESS" in promtool.run("test", "rules", "alerts_test.yml", cwd=tmp_path)


def test_every_alert_is_tested() -> None:
    tests = yaml.safe_load((Path(__file__).parent / "prometheus" / "alerts_test.yml").read_text("utf-8"))["tests"]
    fired = {each["alertname"] for test in tests for each in test["alert_rule_test"] if each.get("exp_alerts")}

    assert fired == {each["alert"] for each in ALERTS}


def test_promtool_reads_the_queries_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"q{number}", "expr": _query(expr)} for number, (_, expr) in enumerate(QUERIES)]
    (tmp_path / "queries.yml").write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}), "utf-8")

    assert f"{len(QUERIES)} rules found" in promtool.run("check", "rules", "queries.yml", cwd=tmp_path)


async def test_what_is_asked_for_is_shown(exposed: str) -> None:
    """By the dashboard and by the alerts: names, and the labels that they go by."""
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(exposed):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels, ("job", "instance"))

    for title, expr in [*QUERIES, *((each["alert"], each["expr"]) for each in ALERTS)]:
        names = _names(expr) - OF_PROMETHEUS
        assert names or "up{" in expr, title
        assert names <= labels.keys(), title
        for name in names:
            used = {each for group in re.findall(r"by \(([^)]*)\)", expr) for each in group.split(", ")}
            used |= set(re.findall(r"(\w+)=~?\"", expr))
            assert used <= labels[name], title


async def test_what_is_shown_is_on_the_dashboard(exposed: str) -> None:
    """A new figure is not forgotten."""
    shown = {sample.name for family in text_string_to_metric_families(exposed) for sample in family.samples}

    assert shown == {name for _, expr in QUERIES for name in _names(expr)}


def test_the_dashboard_can_be_drawn() -> None:
    """Panels have titles, ids of their own and places of their own, and take the data source that is chosen."""
    sources = [each["name"] for each in DASHBOARD["templating"]["list"] if each["type"] == "datasource"]
    assert sources == ["source"]
    assert len({each["id"] for each in PANELS}) == len({each["title"] for each in PANELS}) == len(PANELS)
    for panel in PANELS:
        place = panel["gridPos"]
        assert panel["description"]
        assert place["x"] + place["w"] <= COLUMNS
        assert {json.dumps(each["datasource"]) for each in (panel, *panel["targets"])} == {
            json.dumps({"type": "prometheus", "uid": "${source}"})
        }
    for one, other in combinations((each["gridPos"] for each in PANELS), 2):
        assert (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
