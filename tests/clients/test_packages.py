"""What a machine lacks is missed loudly, and in CI it is an error to lack what the distribution has."""

from __future__ import annotations

import sys

import pytest

from equipment.packages import Need, install, require

THERE = Need((sys.executable, "-c", ""), ("a",))
BROKEN = Need((sys.executable, "-c", "raise SystemExit(1)"), ("b",))
NOWHERE = Need(("no-such-command-anywhere",), ("c",))


def test_a_need_is_met_where_its_command_ends_well() -> None:
    assert [each.met for each in (THERE, BROKEN, NOWHERE)] == [True, False, False]


def test_nothing_is_installed_where_all_is_there() -> None:
    assert install(THERE) == ()


def test_what_is_there_is_no_reason_to_stop() -> None:
    require([THERE], "nothing", install=lambda *_: ())


@pytest.mark.parametrize(
    ("ci", "has", "stop"),
    [
        ("", True, pytest.skip.Exception),
        ("true", True, pytest.fail.Exception),
        ("true", False, pytest.skip.Exception),
    ],
)
def test_what_is_missing_is_told(
    *, monkeypatch: pytest.MonkeyPatch, ci: str, has: bool, stop: type[BaseException]
) -> None:
    """It fails in CI, but not where the distribution lacks it."""
    monkeypatch.setenv("CI", ci)

    with pytest.raises(stop, match=r"(?i)b cannot be installed here: it is unproven"):
        require([BROKEN], "it is unproven", install=lambda *_: ("b",), offered=lambda _: has)
