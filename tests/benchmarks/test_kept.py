"""How big a store is, is told from outside."""

from __future__ import annotations

from pathlib import Path

from otp_bench.soak.kept import sizer

from equipment.redis_server import running


def test_what_is_in_memory_takes_nothing_besides() -> None:
    assert sizer("memory")() == (0, 0)


def test_a_file_counts_with_what_stands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "lanes.sqlite"
    size = sizer(f"sqlite:{path}")
    assert size() == (0, 0)

    path.write_bytes(b"12345")
    (tmp_path / "lanes.sqlite-wal").write_bytes(b"123")

    assert size() == (8, 0)


def test_a_redis_tells_its_memory_and_its_keys() -> None:
    with running() as server:
        size = sizer(server.url_of(0))
        before, _ = size()
        server.ask("SET", "a", "b" * 1_000_000)

        after, keys = size()
    assert after > before + 900_000
    assert keys == 1
