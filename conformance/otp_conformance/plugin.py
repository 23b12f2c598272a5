"""The pytest plugin: cases become items, results become reports and an exit status."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

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
from otp_conformance.results import CONFORMANT, COULD_NOT_RUN, USAGE, Kind, Result, exit_status
from otp_conformance.stops import CouldNotRun, UsageError
from otp_conformance.suite import Suite
from otp_conformance.target import Target

OPTIONS = pytest.StashKey[Options]()
RESULTS = pytest.StashKey[list[Result]]()
RESULT = pytest.StashKey[Result]()
LIVE_TARGET = pytest.StashKey[Target]()
KNOWN = pytest.StashKey[Known]()


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
    group.addoption("--resume", help="live: a report whose paid and passed cases are not repeated")
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
        )
        config.stash[KNOWN] = Known.read(_path(config.getoption("--known")))
        if not (config.option.help or config.option.collectonly):
            _only_alone(config, live=live)
            config.stash[OPTIONS].make_target()
            config.stash[OPTIONS].make_channel(has_control=True)
    except (UsageError, ValueError) as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[RESULTS] = []


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
    options = session.config.stash[OPTIONS]
    if not options.live or session.config.option.collectonly:
        return
    try:
        session.config.stash[LIVE_TARGET] = _plan_spending(session, options)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def _plan_spending(session: pytest.Session, options: Options) -> Target:
    """Make the target of a live run, tell the plan, and ask where money is spent.

    Raises:
        UsageError: nobody agreed.
    """
    target = options.make_target()
    terms = target.terms
    if not isinstance(terms, Allowance):
        raise UsageError("there is a plan for --target live only")
    suite = Suite(target, options.tier)
    spending = Spending(target.urls, terms, options.min_interval or 0.0, options.prices)
    spending.plan(suite, (case for item in session.items for case in _cases_of(item, options)))
    suite.close()
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
    return target


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
    options = request.config.stash[OPTIONS]
    try:
        target = request.config.stash.get(LIVE_TARGET, None) or options.make_target()
        made = Suite(target, options.tier)
        try:
            made.await_(target.discover())
        except CouldNotRun as failure:
            made.unreachable = str(failure)
        made.codes = options.make_channel(has_control=Feature.MESSAGES in target.features)
        options.lend_powers(target)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    yield made
    made.close()


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
            case Kind.FAILED | Kind.STALE | Kind.COULD_NOT_RUN:
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
    """Gathers the results where the run is led, and reports them at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._unwritten = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a result out of a report."""
        held = getattr(report, "conformance", None)
        if held is not None:
            self._config.stash[RESULTS].append(Result(**held))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the reports, and let the exit status say what came out."""
        results = self._config.stash[RESULTS]
        if not results:
            if exitstatus in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.NO_TESTS_COLLECTED):
                session.exitstatus = COULD_NOT_RUN
            return
        options = self._config.stash[OPTIONS]
        session.exitstatus = exit_status(results)
        judged = sum(each.kind in (Kind.FAILED, Kind.STALE, Kind.COULD_NOT_RUN) for each in results)
        broken = session.testsfailed > judged or exitstatus == pytest.ExitCode.INTERRUPTED
        if session.exitstatus == CONFORMANT and broken:
            session.exitstatus = COULD_NOT_RUN  # something broke, or was broken off, that was no verdict
        try:
            if options.report_json is not None:
                options.report_json.write_bytes(canonical.document(options, results))
            if options.report_html is not None:
                options.report_html.write_text(page.document(options, results), "utf-8")
        except OSError as error:
            # An exception here would take the table with it; the line is printed below the table instead.
            session.exitstatus = USAGE
            self._unwritten = f"otp-conformance: {error.filename} cannot be written: {error.strerror}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print a table a provider and family."""
        results = self._config.stash[RESULTS]
        if results:
            terminalreporter.section("conformance")
            terminalreporter.write(terminal.summary(results))
        if self._unwritten:
            terminalreporter.write_line(self._unwritten)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Gather results in the leading process only."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(Collector(session.config), "conformance-collector")
        session.config.pluginmanager.register(Progress(), "conformance-progress")
