"""The pytest plugin: a sandbox for a session, a lane for a test. It loads nothing before a test asks for it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from otp_sandbox import Client, Lane
    from otp_sandbox.api.lane_of_test import Report

_REPORT: pytest.StashKey[Report] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said about the sandbox."""
    group = parser.getgroup("otp-sandbox", "codes by SMS, from a sandbox")
    group.addoption(
        "--otp-sandbox-url",
        metavar="URL",
        help="use a sandbox that runs (default: OTP_SANDBOX_URL, else one is started)",
    )
    group.addoption(
        "--otp-sandbox-bundles",
        metavar="DIR",
        help="where a failed test leaves its bundle for `otp-sandbox replay` (default: the base temporary folder)",
    )
    parser.addini(
        "otp_sandbox_map",
        type="linelist",
        default=[],
        help="where a lane's keys go: `VARIABLE = PROVIDER.token`, `package.module:attribute = base_url`, or `*`",
    )
    parser.addini(
        "otp_sandbox_flags", type="args", default=[], help="flags of `otp-sandbox serve`, for a sandbox that is started"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "otp(fault, choices, clock, accounts, credentials, seed, any_sender): how the lane of a test begins",
    )


@pytest.fixture(scope="session")
def otp_sandbox(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A sandbox: one that runs if it is named, else one that is started on a free port, and ends with the session."""
    import os  # noqa: PLC0415  (a suite that does not use this pays for nothing)

    from otp_sandbox import Client  # noqa: PLC0415  (as above)

    url = request.config.getoption("otp_sandbox_url") or os.environ.get("OTP_SANDBOX_URL")
    with Client(url) if url else Client.launch(*request.config.getini("otp_sandbox_flags")) as client:
        yield client


@pytest.fixture
def otp_lane(
    request: pytest.FixtureRequest, otp_sandbox: Client, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lane]:
    """A lane of its own for a test; it is deleted afterwards."""
    from otp_sandbox.api.lane_of_test import Report, lane_of, put  # noqa: PLC0415  (as above)

    with lane_of(otp_sandbox, request.node) as lane, pytest.MonkeyPatch.context() as patch:
        request.node.stash[_REPORT] = Report(lane, request.config, tmp_path_factory)
        put(lane, request.config.getini("otp_sandbox_map"), patch)
        yield lane


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed test what happened in its lane."""
    report = yield
    told = item.stash.get(_REPORT, None)
    if told is not None and report.failed and call.when != "teardown":
        report.sections += told.sections()
    return report
