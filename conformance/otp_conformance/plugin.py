"""The pytest plugin: cases become items, results become reports and an exit status."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest

from otp_conformance.case import Case, Feature, Tier
from otp_conformance.known import Known
from otp_conformance.layers.samples import sample_case
from otp_conformance.layers.schema import Generation, contract_case
from otp_conformance.live.allowance import MIN_INTERVAL, Allowance
from otp_conformance.live.spending import Spending, ask_for_agreement, read_prices
from otp_conformance.options import LIVE, Options, check_choices
from otp_conformance.progress import Progress
from otp_conformance.reports import canonical, page, terminal
from otp_conformance.results import JUDGED, Kind, Result, exit_status
from otp_conformance.rooms import ROOMS
from otp_conformance.stops import Broke, UsageError
from otp_conformance.suite import Suite
from otp_conformance.verdict import COULD_NOT_RUN, STRICT, USAGE, Verdict

OPTIONS = pytest.StashKey[Options]()
RESULTS = pytest.StashKey[list[Result]]()
RESULT = pytest.StashKey[Result]()
SUITE = pytest.StashKey[Suite]()
KNOWN = pytest.StashKey[Known]()
TOLD = pytest.StashKey[set[str]]()
HERE = Path(__file__).parent
LAYERS = HERE / "layers"
WRITTEN_EVERY = 1.0
"""Seconds between two writings of the report while a run goes on. What was paid for is written at once."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the flags of a run."""
    group = parser.getgroup("conformance", "conformance to SMS one-time-code providers")
    group.addoption("--target", help="where the provider is played: a URL, or live")
    group.addoption("--provider", action="append", default=[], help="only this provider; may be given again")
    group.addoption("--tier", type=int, help="0 nothing is sent, 1 free reads, 2 sends, 3 long waits (3; live: 0)")
    group.addoption("--control-token", default="", help="token of the target's control API")
    group.addoption(
        "--codes", default="", help="control, answer, prompt, none, command:LINE, live also rental[:SERVICE]"
    )
    group.addoption("--choice", action="append", default=[], help="a contested point as the target plays it: ID=OPTION")
    group.addoption(
        "--min-interval",
        type=float,
        help="seconds between two requests that cost money (live: 6; else 0, and 5.1 between rents of one account)",
    )
    group.addoption("--rate", type=int, default=0, help="requests a second at most; 0 knows no limit")
    group.addoption("--max-examples", type=int, default=10, help="generated examples an operation")
    group.addoption("--conformance-seed", type=int, default=0, help="seed of generated examples")
    group.addoption("--lane-prefix", default="", help="how the ids of the lanes that cases take begin")
    group.addoption("--allow-number", action="append", default=[], help="live: a number that may be sent to")
    group.addoption("--max-sends", type=int, default=10, help="live: sends and rentals at most")
    group.addoption("--price", action="append", default=[], help="live: what a send costs: PROVIDER=AMOUNT")
    group.addoption("--yes", action="store_true", help="live: do not ask before money is spent")
    group.addoption("--resume", help="a report of a run that was broken off, or live: what is paid is not repeated")
    group.addoption("--ca", help="file of certificates that are trusted, for a target with https")
    group.addoption("--change-default", action="store_true", help="let cases change the lane default for a moment")
    group.addoption(STRICT, action="store_true", help="what is not applicable counts as what could not run")
    group.addoption("--known", help="file of known failures")
    group.addoption("--report-json", help="where to write the results as JSON")
    group.addoption("--report-html", help="where to write the results as a page")


def pytest_configure(config: pytest.Config) -> None:
    """Read the flags."""
    live = config.getoption("--target") == LIVE
    tier, interval = config.getoption("--tier"), config.getoption("--min-interval")
    pairs = dict(each.partition("=")[::2] for each in config.getoption("--choice"))
    try:
        config.stash[OPTIONS] = Options(
            target=config.getoption("--target") or "",
            tier=Tier((0 if live else 3) if tier is None else tier),
            token=config.getoption("--control-token"),
            code_channel=config.getoption("--codes"),
            choices=check_choices(pairs),
            min_interval=MIN_INTERVAL if live and interval is None else interval,
            max_examples=config.getoption("--max-examples"),
            rate=max(0, config.getoption("--rate")),
            seed=config.getoption("--conformance-seed"),
            lane_prefix=config.getoption("--lane-prefix"),
            report_json=_path(config.getoption("--report-json")),
            report_html=_path(config.getoption("--report-html")),
            allowed=tuple(config.getoption("--allow-number")),
            max_sends=config.getoption("--max-sends"),
            prices=read_prices(config.getoption("--price")),
            yes=config.getoption("--yes"),
            resume=_path(config.getoption("--resume")),
            ca=_path(config.getoption("--ca")),
            changes_default=config.getoption("--change-default"),
            strict=config.getoption(STRICT),
        )
        _take_providers(config)
        config.stash[KNOWN] = Known.read(_path(config.getoption("--known")))
        if not (config.option.help or config.option.collectonly):
            _only_alone(config, live=live)
            for path in (config.stash[OPTIONS].report_json, config.stash[OPTIONS].report_html):
                _check_writable(path)
            config.stash[OPTIONS].make_target()
            config.stash[OPTIONS].make_channel(has_control=True)
    except (UsageError, ValueError) as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[RESULTS] = []
    config.stash[TOLD] = set()


def _take_providers(config: pytest.Config) -> None:
    """Read the names of providers, wherever they stand among the flags.

    Raises:
        UsageError: a word is no provider.
    """
    words = [word for word in config.args if Path(word.partition("::")[0]).parent != LAYERS]
    config.args[:] = [word for word in config.args if word not in words]
    config.option.provider = [*config.option.provider, *words]
    for name in config.option.provider:
        if name not in ROOMS:
            raise UsageError(f"{name} is no provider that is described here; there are {', '.join(ROOMS)}")


def _check_writable(path: Path | None) -> None:
    """Look whether a report can be written before anything is done, or paid, for it.

    Raises:
        UsageError: it cannot.
    """
    if path is None:
        return
    problem = ""
    if not path.parent.is_dir():
        problem = "there is no such folder"
    elif path.is_dir():
        problem = "it is a folder"
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        problem = "that is not allowed"
    if problem:
        raise UsageError(f"{path} cannot be written: {problem}")


def _only_alone(config: pytest.Config, *, live: bool) -> None:
    """Refuse a live run in many processes: each would count its own sends.

    Raises:
        UsageError: it was asked for.
    """
    if live and getattr(config.option, "numprocesses", None):
        raise UsageError("--target live runs in one process: leave -n out")


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the providers that were asked for."""
    wanted = config.getoption("--provider")
    if wanted:
        left = [item for item in items if not any(f"[{name}" in item.name for name in wanted)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_collection_finish(session: pytest.Session) -> None:
    """At the real providers: tell what will be done and what it costs, and ask before money is spent."""
    config = session.config
    if not config.stash[OPTIONS].live or config.option.collectonly:
        return
    try:
        _plan_spending(session, config.stash[SUITE], config.stash[OPTIONS])
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def _plan_spending(session: pytest.Session, suite: Suite, options: Options) -> None:
    """Tell the plan of a live run, and ask where money is spent.

    Raises:
        UsageError: nobody agreed.
    """
    terms = suite.target.terms
    if not isinstance(terms, Allowance):
        raise UsageError("there is a plan for --target live only")
    spending = Spending(suite.target.urls, terms, options.min_interval or 0.0, options.prices)
    spending.plan(suite, [case for item in session.items for case in _cases_of(item, options)])
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write("\n" + spending.describe())
    if spending.total and not options.yes:
        capture: Any = session.config.pluginmanager.get_plugin("capturemanager")
        capture.suspend_global_capture(in_=True)  # otherwise pytest stands between us and the terminal
        try:
            ask_for_agreement()
        finally:
            capture.resume_global_capture()


def _cases_of(item: pytest.Item, options: Options) -> Iterator[Case]:
    """Give the case that an item of a layer runs."""
    match getattr(getattr(item, "callspec", None), "params", {}):
        case {"each": Case() as each}:
            yield each
        case {"provider": provider, "operation": operation}:
            yield contract_case(provider, operation, _generation(options))
        case {"provider": provider, "name": name}:
            yield sample_case(provider, name)


def _generation(options: Options) -> Generation:
    return Generation(options.max_examples, options.seed, options.rate)


@pytest.fixture(scope="session")
def generation(request: pytest.FixtureRequest) -> Generation:
    """How the requests of the contract layer are made."""
    return _generation(request.config.stash[OPTIONS])


@pytest.fixture(scope="session")
def suite(request: pytest.FixtureRequest) -> Iterator[Suite]:
    """The target and all that is needed to run cases against it."""
    made = request.config.stash.get(SUITE, None)
    if made is None:  # one of several processes; the leading one has looked whether it can be
        made = _make_suite(request.config)
    yield made
    made.close()


def _make_suite(config: pytest.Config) -> Suite:
    """Make the target, find out what it lends, and put what a run needs around it.

    Raises:
        UsageError: it is asked in a way that cannot be.
    """
    options = config.stash[OPTIONS]
    target = options.make_target()
    made = Suite(target, options.tier, former=options.read_former(target))
    try:
        made.discover()
        made.codes = options.make_channel(has_control=Feature.READ_CODE in target.features)
        options.lend_powers(target)
    except UsageError:
        made.close()
        raise
    return made


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Any:
    """Take a result: note it, and end the item accordingly."""

    def take(result: Result) -> None:
        request.config.stash[KNOWN].apply(result)
        request.node.stash[RESULT] = result
        match result.kind:
            case Kind.NOT_APPLICABLE:
                pytest.skip(f"not applicable: {result.reason}")
            case Kind.KNOWN:
                pytest.xfail(result.reason)
            case Kind.COULD_NOT_RUN if result.reason in request.config.stash[TOLD]:
                pytest.skip(f"could not run: {result.reason}")  # as was told before
            case Kind.FAILED | Kind.STALE | Kind.COULD_NOT_RUN:
                request.config.stash[TOLD].add(result.reason)
                pytest.fail(terminal.failure(result), pytrace=False)

    return take


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Hand the result on with the report, which also travels between processes."""
    report = yield
    if call.when == "call" and RESULT in item.stash:
        report.conformance = item.stash[RESULT].as_json()
    return report


class Collector:
    """Gathers the results where the run is led, writes them as they come, and reports them at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._options = config.stash[OPTIONS]
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
        if results:
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


def _break_off(number: int, _: FrameType | None) -> NoReturn:
    """Break the run off, so that what came so far is reported."""
    raise Broke(signal.Signals(number).name)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """In the leading process: gather results, look at the target before anything is tried, and heed signals."""
    config = session.config
    if hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the leading process ends this one
        return
    collector = Collector(config)
    config.pluginmanager.register(collector, "conformance-collector")
    config.pluginmanager.register(Progress(), "conformance-progress")
    if config.option.collectonly:
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _break_off)
    try:
        suite = _make_suite(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    collector.go_on_from(suite.former)
    if suite.silent:
        suite.close()
        collector.stop(suite.silent)
    if not getattr(config.option, "numprocesses", None):
        config.stash[SUITE] = suite
        return
    suite.close()
    if Feature.LANES not in suite.target.features:
        raise pytest.UsageError("the target lends no world of its own to a case: leave -n out")
