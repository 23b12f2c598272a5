# ruff: noqa: INP001  (a script beside the page that it makes)
"""`python docs/generate_clients.py` makes `clients.md` of the table that the tests run. A test keeps it fresh."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / each) for each in ("mockserver", "specs", "tests")]

from clients.calls import ALL  # noqa: E402  (of this tree, whatever is installed)
from clients.manners import MANNERS, Manner  # noqa: E402  (as above)
from clients.runtimes import LANGUAGES, RUNTIMES, Language, Runtime  # noqa: E402  (as above)

PAGE = ROOT / "docs" / "clients.md"

_HEAD = """# Clients: who calls, in which manner

Made by `python docs/generate_clients.py` from the table in `tests/clients`. Each *yes* is a test of `make test`: the
real client calls a sandbox, and three things are compared. The answer is the one that is right. The message that went
out is the same as after the plain call. What was on the wire is really that manner. A *no* says why the client has no
way to do it.

{count} cells are tested. What the machine lacks is installed where the tests may (as root, with `apt-get`). Elsewhere
the tests of that client are skipped, and say so. In CI they fail if the distribution has the package.

C# runs on Mono, which Debian has. Its `HttpClient` works over the sockets handler of .NET Core; .NET itself is not in
Debian.

## Manners

The plain calls are {calls}. *All* are these.

"""

_TAIL = """
## A manner or a client more

- **A manner** is one entry of `MANNERS` in `tests/clients/manners.py`. It says how a plain call is changed, how it is
  told on the wire, and which answer is right. If address, headers and body cannot say it, it is a new `way`, and each
  program learns it.
- **A client** is one entry of `RUNTIMES` in `tests/clients/runtimes.py`. It names its language and, with the reason,
  what it cannot do. Its code is a function in the program of its language, in `tests/clients/programs`.
- **A language** is one entry of `LANGUAGES`: the packages of Debian that it needs, and the command that starts its
  program. What a program reads and prints stands in the README beside it.

Then `make compile` makes this page anew.
"""


def page() -> str:
    """Make the page."""
    count = sum(manner.id not in runtime.cannot for runtime in RUNTIMES for manner in MANNERS)
    parts = [
        _HEAD.format(count=count, calls=", ".join(ALL)),
        "| Manner | What is sent | By | What is right |\n|---|---|---|---|\n",
    ]
    parts += [_row(_cell(each.title), each.sent, _calls(each), _right(each)) for each in MANNERS]
    for language in LANGUAGES:
        parts += _table(language)
    return "".join(parts) + _TAIL


def _calls(manner: Manner) -> str:
    return "all" if manner.operations == ALL else ", ".join(manner.operations)


def _right(manner: Manner) -> str:
    return manner.right or ("success" if manner is MANNERS[0] else "as the plain call")


def _table(language: Language) -> Iterator[str]:
    clients = [each for each in RUNTIMES if each.language is language]
    yield f"\n## {language.name}\n\n"
    yield _row("Manner", *(f"`{each.name}`" for each in clients))
    yield "|" + "---|" * (len(clients) + 1) + "\n"
    for manner in MANNERS:
        yield _row(_cell(manner.title), *(_told(each, manner) for each in clients))


def _told(runtime: Runtime, manner: Manner) -> str:
    if manner.id in runtime.cannot:
        return f"no: {runtime.cannot[manner.id]}"
    return f"yes, {runtime.instead[manner.id]}" if manner.id in runtime.instead else "yes"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
