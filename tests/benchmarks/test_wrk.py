"""What wrk prints is read; what would mislead is refused."""

from __future__ import annotations

import re

import pytest
from otp_bench import wrk

REPORT = 'report {"requests": 17116, "microseconds": 2100005, "errors": 0, "p50": 1751, "p99": 11677, "p99_9": 21500}'
OUTPUT = f"""\
Running 2s test @ http://127.0.0.1:7001
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.18ms    1.78ms  24.36ms   95.54%
    Req/Sec     8.19k   843.65     9.77k    80.95%
  17116 requests in 2.10s, 4.19MB read
Requests/sec:   8150.46
Transfer/sec:      2.00MB
{REPORT}
"""


def test_the_report_is_found_among_what_wrk_prints() -> None:
    assert wrk.parsed(OUTPUT) == wrk.Report(17116, 2.100005, p50=1.751, p99=11.677, p99_9=21.5)


def test_errors_make_a_run_fail() -> None:
    with pytest.raises(wrk.LoadFailed):
        wrk.parsed(OUTPUT.replace('"errors": 0', '"errors": 1'))


def test_a_run_that_nobody_answered_fails() -> None:
    with pytest.raises(wrk.LoadFailed):
        wrk.parsed(OUTPUT.replace("17116,", "0,"))


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:1 Connection refused\n"])
def test_a_run_without_a_report_fails(output: str) -> None:
    with pytest.raises(wrk.LoadFailed, match=output.strip() or "nothing"):
        wrk.parsed(output)


def test_every_load_reports() -> None:
    """Each has the shared beginning, in which the report stands with the names that are read."""
    common = (wrk.LOADS / "common.lua").read_text("utf-8")
    assert set(re.findall(r'"(\w+)": %', common)) == {"requests", "microseconds", "errors", "p50", "p99", "p99_9"}
    for path in wrk.LOADS.glob("*.lua"):
        assert path.name == "common.lua" or 'dofile("common.lua")' in path.read_text("utf-8")
