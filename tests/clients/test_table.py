"""The table is whole, and its judge finds what is wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clients.calls import ALL, GENCODE, plain_calls
from clients.manners import MANNERS
from clients.running import Exchange, judge
from clients.runtimes import LANGUAGES, RUNTIMES
from clients.wire import Request, relay_to, requests_in

PROGRAMS = Path(__file__).with_name("programs")
RUNTIME = RUNTIMES[0]
(CAPITALS,) = [each for each in MANNERS if each.id == "capitals"]
CALL = plain_calls(1)[GENCODE]
REQUEST = Request(b"GET", b"/a?ApiKey=1", b"HTTP/1.1", {}, b"")
GOOD = Exchange(CALL, {"status": 200, "body": '{"CodeResult":"100"}'}, REQUEST, {"warnings": []}, "CODE")
IN_CAPITALS = replace(GOOD, request=replace(REQUEST, target=b"/a?APIKEY=1"))


def problems(**changes: Any) -> list[str]:
    return judge(RUNTIME, {"plain": [GOOD], "capitals": [replace(IN_CAPITALS, **changes)]})["capitals"]


def test_what_a_client_cannot_do_names_a_manner() -> None:
    """And a reason."""
    known = {each.id for each in MANNERS}

    for runtime in RUNTIMES:
        assert runtime.cannot.keys() | runtime.instead.keys() <= known
        assert not runtime.cannot.keys() & runtime.instead.keys()
        assert all((*runtime.cannot.values(), *runtime.instead.values()))


def test_every_language_has_clients_and_every_manner_has_some_who_do_it() -> None:
    assert {each.language for each in RUNTIMES} == set(LANGUAGES)
    assert [each.id for each in MANNERS if all(each.id in runtime.cannot for runtime in RUNTIMES)] == []
    assert {name for each in MANNERS for name in each.operations} == set(ALL)


@pytest.mark.parametrize("program", sorted(PROGRAMS.glob("**/*.*")), ids=lambda path: path.name)
def test_no_program_stands_there_for_nothing(program: Path) -> None:
    told = (PROGRAMS.parent / "runtimes.py").read_text("utf-8")

    assert program.name in {"README.md", "package.json"} or program.name in told


def test_no_phone_is_called_twice() -> None:
    calls = [call for number, manner in enumerate(MANNERS) for call in manner.calls(1 + 10 * number)]
    phones = [each.to for each in calls if each.to]

    assert len(set(phones)) == len(phones)


def test_what_is_right_is_no_problem() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"told": {"error": "TimeoutError"}}, "the client says TimeoutError"),
        ({"told": {"status": 200, "body": '{"CodeResult":"101"}'}}, "{'CodeResult': '100'} was expected"),
        ({"told": {"status": 200, "body": "<html>"}}, "{'CodeResult': '100'} was expected"),
        ({"told": {"status": 201, "body": '{"CodeResult":"100"}'}}, "is not as the plain call"),
        ({"told": {"status": 200, "body": '{"CodeResult":"100","More":1}'}}, "is not as the plain call"),
        ({"text": "C0DE"}, "is not as the plain call"),
        ({"text": None}, "no message has gone to +84901000001"),
        ({"request": None}, "nothing was on the wire"),
        ({"request": REQUEST}, "on the wire was something else"),
        ({"entry": {"warnings": ["odd"]}}, "the journal warns of ['odd']"),
        ({"call": replace(CALL, refused={"CodeResult": "104"})}, "{'CodeResult': '104'} was expected"),
    ],
)
def test_each_thing_that_is_wrong_is_told(changes: dict[str, Any], told: str) -> None:
    assert any(told in each for each in problems(**changes)), problems(**changes)


def test_a_client_that_does_not_send_something_else_any_more_is_told() -> None:
    """Then the table is stale."""
    runtime = replace(RUNTIME, instead={"capitals": "something else"})

    found = judge(runtime, {"plain": [GOOD], "capitals": [IN_CAPITALS]})

    assert ["on the wire was the manner itself" in each for each in found["capitals"]] == [True]


def test_requests_are_found_one_behind_the_other() -> None:
    """Whatever their bodies hold, and without a line's end between them."""
    sent = (
        "GET /à b HTTP/1.0\r\n\r\n"
        'POST http://x/y?z HTTP/1.1\r\nContent-Type:  a/b \r\n\r\n{"GET": "/ HTTP"}'
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    ).encode()

    first, second, third = requests_in(sent)

    assert (first.target, first.version, first.body) == ("/à b".encode(), b"HTTP/1.0", b"")
    assert (second.path, second.headers, second.body) == (
        b"http://x/y",
        {b"content-type": b"a/b"},
        b'{"GET": "/ HTTP"}',
    )
    assert third.headers == {b"host": b"x"}


async def test_a_relay_changes_nothing_and_ends_what_is_left_open() -> None:
    """Also where one side has said all that it has to say."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + await reader.read())
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with relay_to(*server.sockets[0].getsockname()[:2]) as relay:
        host, port = relay.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, port)
        left, other = await asyncio.open_connection(host, port)
        writer.write(b"GET / HTTP/1.1\r\nX: 1\r\n\r\n")
        writer.write_eof()
        answer = await reader.read()
        told = relay.requests
    ended = await left.read()
    server.close()
    for each in (writer, other):
        each.close()

    assert answer == b"HTTP/1.1 200 OK\r\n\r\nGET / HTTP/1.1\r\nX: 1\r\n\r\n"
    assert [each.headers for each in told] == [{b"x": b"1"}]
    assert ended == b""
