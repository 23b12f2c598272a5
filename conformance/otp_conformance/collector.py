"""Gathers results, writes the reports as they come, and gives the exit status."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest

from otp_conformance.case import Tier
from otp_conformance.options import Options
from otp_conformance.reports import canonical, page, terminal
from otp_conformance.results import JUDGED, Kind, Result, exit_status
from otp_conformance.verdict import COULD_NOT_RUN, USAGE, Verdict

RESULTS = pytest.StashKey[list[Result]]()
WRITTEN_EVERY = 1.0
"""Seconds between two writings of the report while a run goes on. What was paid for is written at once."""


class Collector:
    """Gathers the results where the run is led, writes them as they come, and reports them at its end."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self._config = config
        self._options = options
        self._former: list[Result] = []
        self._selected = 0
        self._written = 0.0
        self._stopped = ""
        self._complaint = ""

    def go_on_from(self, former: list[Result]) -> None:
        """Keep the results of a former run in the report until this one has come to them."""
        self._former = former

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn how many cases were asked for."""
        self._selected = self._selected or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Learn it from another process."""
        self._selected = len(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a result out of a report, and write it down."""
        held = getattr(report, "conformance", None)
        if held is None:
            return
        results = self._config.stash[RESULTS]
        results.append(Result(**held))
        path, now = self._options.report_json, time.monotonic()
        paid = self._options.live and results[-1].tier >= Tier.SENDS and results[-1].kind in JUDGED
        if path is None or not (paid or now - self._written >= WRITTEN_EVERY):
            return
        came = {each.id for each in results}
        kept = [each for each in self._former if each.id not in came]
        with suppress(OSError):  # told at the end, if it still cannot be written then
            _write(path, canonical.document(self._options, [*results, *kept], self._why_not_all(kept)), early=True)
        self._written = time.monotonic()

    def _why_not_all(self, kept: list[Result]) -> str:
        """Say that a run has not come to its end yet, in words that hold if it never does."""
        count = len(self._config.stash[RESULTS])
        more = f", {len(kept)} results are of the run before" if kept else ""
        return f"broken off after {count} of {self._selected} cases{more}"

    def stop(self, reason: str) -> NoReturn:
        """End a run that has not begun: one line, and a report that says why.

        Raises:
            pytest.UsageError: always.
        """
        self._stopped = reason
        _verdict_of(self._config).status = COULD_NOT_RUN
        self._write_reports([])
        raise pytest.UsageError(reason)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the reports, and let the exit status say what came out."""
        if exitstatus == pytest.ExitCode.USAGE_ERROR or self._config.option.collectonly:
            return
        results, verdict = self._config.stash[RESULTS], _verdict_of(self._config)
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and not results:
            asked = f"-k {self._config.option.keyword}: " if self._config.option.keyword else ""
            self._complaint = f"otp-conformance: {asked}no case fits"
            verdict.status = session.exitstatus = USAGE
            return
        judged = sum(each.kind in (Kind.FAILED, Kind.STALE, Kind.COULD_NOT_RUN) for each in results)
        if len(results) < self._selected or exitstatus == pytest.ExitCode.INTERRUPTED or not results:
            self._stopped = self._why_not_all([])
        elif session.testsfailed > judged:
            self._stopped = "something broke that is no case"
        status = exit_status(results, stopped=bool(self._stopped), strict=self._options.strict)
        verdict.status = session.exitstatus = status
        if not self._write_reports(results):
            verdict.status = session.exitstatus = USAGE

    def _write_reports(self, results: list[Result]) -> bool:
        """Write both, and say whether that went well. An exception would take the table with it."""
        options, came = self._options, {each.id for each in results}
        # What is left of the run before stays in a report that is to be gone on with.
        kept = [each for each in self._former if each.id not in came] if self._stopped else []
        try:
            if options.report_json is not None:
                _write(options.report_json, canonical.document(options, [*results, *kept], self._stopped))
            if options.report_html is not None:
                _write(options.report_html, page.document(options, results, self._stopped).encode())
        except OSError as error:
            self._complaint = f"otp-conformance: {error.filename} cannot be written: {error.strerror}"
            return False
        return True

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print a table a provider and family."""
        results = self._config.stash[RESULTS]
        if results or self._stopped:
            terminalreporter.section("conformance")
            terminalreporter.write(terminal.summary(results, self._stopped, strict=self._options.strict))
            if self._stopped and self._options.report_json is not None:
                terminalreporter.write_line(f"go on with: --resume {self._options.report_json}")
        if self._complaint:
            terminalreporter.write_line(self._complaint)


def _write(path: Path, data: bytes, *, early: bool = False) -> None:
    """Write a file in one step, so that whoever reads it, or goes on from it, finds a whole one.

    What is no plain file (a pipe, the terminal) is written once only, at the end.
    """
    real = path.resolve()
    plain = real.is_file() or not real.exists()
    if early and not plain:
        return
    beside = real.with_name(f".{real.name}.part") if plain else real
    try:
        beside.write_bytes(data)
        if plain:
            beside.replace(real)
    except OSError as error:
        error.filename = str(path)
        raise


def _verdict_of(config: pytest.Config) -> Verdict:
    """Give the place for the exit status that the command gives."""
    plugins = config.invocation_params.plugins or ()
    return next((each for each in plugins if isinstance(each, Verdict)), None) or Verdict()
