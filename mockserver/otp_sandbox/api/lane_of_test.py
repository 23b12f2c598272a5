"""The lane of one test: how it begins, where its keys go, and what is told when the test fails.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import pytest

from otp_sandbox.api.errors import Problem, SandboxError
from otp_sandbox.api.telling import told
from otp_sandbox.api.without_loop import Client, Lane

_TTL: Final = "1h"
"""How long a lane lives whose test cannot delete it any more."""
_NAME_MOST: Final = 80
_NOT_FOUND: Final = 404
_OF_LANE: Final = ("choices", "clock", "accounts", "credentials", "seed", "any_sender")
_MARKER: Final = ("fault", *_OF_LANE)


@contextmanager
def lane_of(sandbox: Client, node: pytest.Item) -> Iterator[Lane]:
    """Make a lane as the markers of a test say, and delete it afterwards.

    Its seed is made of the full name of the test: the same codes in every run.
    """
    wanted = _wanted(node)
    faults = _listed(wanted.pop("fault", ()))
    wanted.setdefault("seed", zlib.crc32(node.nodeid.encode()))
    lane = sandbox.create_lane(_lane_id(node.name), ttl=_TTL, **wanted)
    try:
        for each in faults:
            fault = {"preset": each} if isinstance(each, str) else dict(each)
            lane.fault(fault.pop("preset", None), **fault)
        yield lane
    finally:
        try:
            lane.delete()
        except Problem as problem:
            if problem.status != _NOT_FOUND:  # else the test has deleted it
                raise


def _wanted(node: pytest.Item) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("otp"))):  # the nearest one has the last word
        unknown = [*map(repr, marker.args), *(name for name in marker.kwargs if name not in _MARKER)]
        if unknown:
            raise pytest.UsageError(f"@pytest.mark.otp takes {', '.join(_MARKER)} by name, not {', '.join(unknown)}")
        wanted |= marker.kwargs
    clock = wanted.get("clock")
    if isinstance(clock, str | datetime):
        wanted["clock"] = {"mode": "frozen", "now": clock if isinstance(clock, str) else clock.isoformat()}
    return wanted


def _listed(faults: Any) -> list[str | Mapping[str, Any]]:
    listed = [faults] if isinstance(faults, str | Mapping) else faults
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str | Mapping) for each in listed):
        raise pytest.UsageError(f"@pytest.mark.otp(fault={faults!r}): it takes a preset, an object, or a list of these")
    return list(listed)


def _lane_id(name: str) -> str:
    """Make an id of a test's name, whatever that is. Tests of equal names, and runs beside this one, have others."""
    plain = re.sub(r"[^A-Za-z0-9._~-]+", "-", name).lstrip("._~-")[:_NAME_MOST].rstrip("-")
    return f"{plain or 'test'}-{secrets.token_hex(4)}"


def put(lane: Lane, entries: Iterable[str], patch: pytest.MonkeyPatch) -> None:
    """Put what a lane has where an application looks for it.

    Args:
        lane: the lane.
        entries: `VARIABLE = PROVIDER.token`, `package.module:attribute = base_url`, or `*` for all variables.
        patch: takes it all back.

    Raises:
        pytest.UsageError: an entry is none of these.
    """
    for entry in entries:
        target, equals, path = map(str.strip, entry.partition("="))
        if target == "*" and not equals:
            for name, text in lane.variables.items():
                patch.setenv(name, text)
            continue
        try:
            found = attrgetter(path)(lane) if equals else None
            if not isinstance(found, str):
                raise TypeError(f"{path or 'it'} is no text")  # noqa: TRY301  (told as all else that is wrong here)
            module, colon, attribute = target.partition(":")
            if colon:
                _set(module, attribute, found, patch)
            else:
                patch.setenv(target, found)
        except (AttributeError, ImportError, TypeError, ValueError) as error:
            raise pytest.UsageError(f"otp_sandbox_map: {entry!r}: {error}") from error


def _set(module: str, attribute: str, value: str, patch: pytest.MonkeyPatch) -> None:
    """Set an attribute of a module, of an object in it, or an entry of a dictionary in it."""
    *way, last = attribute.split(".")
    owner: Any = import_module(module)
    for name in way:
        owner = getattr(owner, name)
    if isinstance(owner, MutableMapping):
        patch.setitem(owner, last, value)
    else:
        patch.setattr(owner, last, value)


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of a lane when its test fails."""

    lane: Lane
    config: pytest.Config
    folders: pytest.TempPathFactory

    def sections(self) -> list[tuple[str, str]]:
        """Give journal, messages, findings and the path of the bundle, as sections of a report."""
        name = f"otp-sandbox: lane {self.lane.id}"
        try:
            found = [(f"{name}, {title}", text) for title, text in told(self.lane)]
            bundle = self.lane.save_bundle(self._folder() / f"{self.lane.id}.json")
        except (SandboxError, OSError) as error:
            return [(name, f"nothing can be told: {error}")]
        return [*found, (f"{name}, bundle", f"otp-sandbox replay {bundle}")]

    def _folder(self) -> Path:
        wanted = self.config.getoption("otp_sandbox_bundles")
        folder = Path(wanted) if wanted else self.folders.getbasetemp() / "otp-sandbox"
        folder.mkdir(parents=True, exist_ok=True)
        return folder
