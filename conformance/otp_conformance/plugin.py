"""The pytest plugin: flags, what is asked for and planned, and how a case becomes an item with a result."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest

from otp_conformance.case import Case, Feature, Tier
from otp_conformance.collector import RESULTS, Collector
from otp_conformance.known import Known
from otp_conformance.layers.samples import sample_case
from otp_conformance.layers.schema import Generation, contract_case
from otp_conformance.live.allowance import MIN_INTERVAL, Allowance
from otp_conformance.live.spending import Spending, ask_for_agreement, read_prices
from otp_conformance.options import LIVE, Options, check_choices
from otp_conformance.progress import Progress
from otp_conformance.reports import terminal
from otp_conformance.results import Kind, Result
from otp_conformance.rooms import ROOMS
from otp_conformance.stops import Broke, UsageError
from otp_conformance.suite import Suite
from otp_conformance.verdict import STRICT

OPTIONS = pytest.StashKey[Options]()
RESULT = pytest.StashKey[Result]()
SUITE = pytest.StashKey[Suite]()
KNOWN = pytest.StashKey[Known]()
TOLD = pytest.StashKey[set[str]]()
HERE = Path(__file__).parent
LAYERS = HERE / "layers"


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
        chosen: tuple[list[pytest.Item], list[pytest.Item]] = [], []
        for item in items:
            chosen[any(f"[{name}" in item.name for name in wanted)].append(item)
        left, items[:] = chosen
        config.hook.pytest_deselected(items=left)


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
    collector = Collector(config, config.stash[OPTIONS])
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
