"""Every client of the table, in every manner that it has a way for, is answered as it should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.manners import MANNERS, Manner
from clients.running import judge, run
from clients.runtimes import RUNTIMES, Runtime
from equipment.packages import held, require

CELLS = [(runtime, manner) for runtime in RUNTIMES for manner in MANNERS if manner.id not in runtime.cannot]
Found = dict[str, list[str]]


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[Runtime], Found]:
    """Run a client once for all its cells, whichever processes they are tested in; give what is wrong by manner."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def of(runtime: Runtime) -> Found:
        require(runtime.language.needs, f"{runtime.id} has not called the sandbox")
        kept = shared / f"client-{RUNTIMES.index(runtime)}.json"
        with held(Path(f"{kept}.lock")):
            if not kept.exists():
                ways = [each for each in MANNERS if each.id not in runtime.cannot]
                wrong = judge(runtime, run(runtime, ways, tmp_path_factory.mktemp("home")))
                kept.write_text(json.dumps(wrong), "utf-8")
        made: Found = json.loads(kept.read_text("utf-8"))
        return made

    return of


@pytest.mark.parametrize(("runtime", "manner"), CELLS, ids=[f"{each.id} {way.id}" for each, way in CELLS])
def test_a_client_is_answered(found: Callable[[Runtime], Found], runtime: Runtime, manner: Manner) -> None:
    """As in the plain call, or as the manner says; and the manner was on the wire."""
    assert found(runtime)[manner.id] == []
