"""What is written to a stream that nobody reads stops nobody, and is bounded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from typing import IO

import pytest

from otp_sandbox.queued import QueuedStream

Pipe = tuple[IO[str], IO[str]]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Two ends: one to read, one to write."""
    read, write = os.pipe()
    with os.fdopen(read) as reader, os.fdopen(write, "w") as writer:
        yield reader, writer


def test_what_is_written_comes_out_in_order(pipe: Pipe) -> None:
    reader, writer = pipe
    stream = QueuedStream(writer)

    for number in range(100):
        stream.write(f"line {number} \udcff ế\n")
    stream.close(10)

    writer.close()
    assert reader.read() == "".join(f"line {number} \\udcff ế\n" for number in range(100))


def test_nobody_waits_for_a_reader_who_does_not_read(pipe: Pipe) -> None:
    """What does not fit is dropped, and the number of lines is told when there is room again."""
    reader, writer = pipe
    filled = fill(writer)
    stream = QueuedStream(writer, "{} dropped".format, most=200_000)
    line = "x" * 999 + "\n"

    for _ in range(1000):
        stream.write(line)

    assert stream.dropped == 800
    assert len(reader.read(filled)) == filled
    for _ in range(200):
        assert reader.readline() == line
    stream.close(10)
    stream.write("again\n")
    stream.close(10)
    assert [reader.readline(), reader.readline()] == ["800 dropped\n", "again\n"]


def fill(writer: IO[str]) -> int:
    """Write to a pipe until it takes no more, so that what comes next waits. Gives the number of bytes."""
    os.set_blocking(writer.fileno(), False)
    filled = 0
    with suppress(BlockingIOError):
        while True:
            filled += os.write(writer.fileno(), b"-" * 100)
    os.set_blocking(writer.fileno(), True)
    return filled


def test_the_end_does_not_wait_for_ever(pipe: Pipe) -> None:
    stream = QueuedStream(pipe[1])
    stream.write("x" * 1_000_000)

    stream.close(0)

    assert pipe[0].read(1) == "x"
    pipe[0].close()


def test_what_cannot_be_written_is_counted(tmp_path: object) -> None:
    """The disk is full, or the reader is gone."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as writer:
        stream = QueuedStream(writer)
        stream.write("one\ntwo\n")
        stream.close(10)

        assert stream.dropped == 2


@pytest.mark.parametrize("stream", [None, StringIO()])
def test_where_there_is_no_file_nothing_is_kept(stream: object) -> None:
    """As in a process whose standard streams were closed: there is nobody to tell how much was dropped, either."""
    queued = QueuedStream(stream, most=10)

    for _ in range(3):
        queued.write("a line\n")
    queued.close(10)

    assert queued.dropped == 0
    if isinstance(stream, StringIO):
        assert stream.getvalue() == ""
