"""The block of a hosts file: put in, replaced, taken out, and nothing else touched."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.interception import hosts_file as subject
from otp_sandbox.interception.hosts_file import BEGIN, END, HostsFileError, change, lines, with_block, without_block

BLOCK = ["127.0.0.1 rest.esms.vn", "::1 rest.esms.vn"]
OLD = b"127.0.0.1\tlocalhost\n# caf\xe9\n10.0.0.1 rest.esms.vn"
posix = pytest.mark.skipif(os.name == "nt", reason="rights are told otherwise there")


def test_each_host_has_a_line_of_its_own_for_each_address() -> None:
    """One provider's hosts stand together."""
    hosts = ["www.rest.esms.vn", "thuesim.com.vn", "rest.esms.vn"]

    assert lines(hosts, ["127.0.0.1", "::1"]) == [
        "127.0.0.1 thuesim.com.vn",
        "127.0.0.1 rest.esms.vn",
        "127.0.0.1 www.rest.esms.vn",
        "::1 thuesim.com.vn",
        "::1 rest.esms.vn",
        "::1 www.rest.esms.vn",
    ]


def test_the_block_comes_before_what_is_there() -> None:
    """The first line of a name counts."""
    assert with_block(OLD, BLOCK) == "\n".join([BEGIN, *BLOCK, END, ""]).encode() + OLD


def test_an_older_block_is_replaced() -> None:
    once = with_block(OLD, ["127.0.0.1 old.test"])

    assert with_block(once, BLOCK) == with_block(OLD, BLOCK)
    assert with_block(with_block(OLD, BLOCK), BLOCK) == with_block(OLD, BLOCK)


@given(st.binary(max_size=200).filter(lambda data: b"otp-sandbox" not in data))
def test_taken_out_again_every_byte_is_as_it_was(before: bytes) -> None:
    assert without_block(with_block(before, BLOCK)) == before
    assert without_block(before) == before


@pytest.mark.parametrize(
    "before", [b"127.0.0.1 localhost\r\n", b"\xef\xbb\xbf127.0.0.1 localhost\r\n", b"", b"\n", b"\r\n"]
)
def test_lines_end_as_those_of_the_file(before: bytes) -> None:
    after = with_block(before, BLOCK)

    assert without_block(after) == before
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    if b"\r\n" in before:
        assert after.count(b"\r\n") == after.count(b"\n")


def test_lines_that_others_put_around_the_block_stay() -> None:
    around = b"1.1.1.1 before\n" + with_block(OLD, BLOCK)

    assert without_block(around) == b"1.1.1.1 before\n" + OLD


@pytest.mark.parametrize(
    "damaged",
    [f"{BEGIN}\n1.1.1.1 a\n", f"1.1.1.1 a\n{END}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n"],
)
def test_a_damaged_block_is_left_to_a_person(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "hosts"
    path.write_text(damaged)

    for block in (BLOCK, None):
        with pytest.raises(HostsFileError, match="is damaged; mend it by hand"):
            change(path, block)
    assert path.read_text() == damaged


def test_a_file_is_changed_once(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_bytes(OLD)

    assert [change(path, BLOCK), change(path, BLOCK)] == [True, False]
    assert path.read_bytes() == with_block(OLD, BLOCK)
    assert [change(path, None), change(path, None)] == [True, False]
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_rights_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "hosts", tmp_path / "link"
    path.write_bytes(OLD)
    path.chmod(0o644)
    link.symlink_to(path)

    change(link, BLOCK)

    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert path.read_bytes() == with_block(OLD, BLOCK)


def test_a_file_that_is_mounted_is_written_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    path = tmp_path / "hosts"
    path.write_bytes(OLD)
    monkeypatch.setattr(Path, "replace", refuse)

    assert change(path, BLOCK)
    assert path.read_bytes() == with_block(OLD, BLOCK)
    assert list(tmp_path.iterdir()) == [path]


def test_without_rights_it_is_one_line_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> tuple[int, str]:
        raise PermissionError(errno.EACCES, "Permission denied")

    path = tmp_path / "hosts"
    path.write_bytes(OLD)
    monkeypatch.setattr("tempfile.mkstemp", refuse)

    with pytest.raises(HostsFileError, match=r"cannot be written \(Permission denied\); say it as the administrator"):
        change(path, BLOCK)
    assert path.read_bytes() == OLD


def test_a_file_that_is_none_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HostsFileError, match="cannot be read"):
        change(tmp_path / "missing", BLOCK)
    with pytest.raises(HostsFileError, match="cannot be read"):
        change(tmp_path, BLOCK)
    (tmp_path / "large").write_bytes(b"12345")
    monkeypatch.setattr(subject, "SIZE_MOST", 4)
    with pytest.raises(HostsFileError, match="too large"):
        change(tmp_path / "large", BLOCK)
