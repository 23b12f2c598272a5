"""The command `otp-sandbox`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from otp_sandbox.streams import Unwritable, complain, open_missing, say
from otp_sandbox.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status says how it went."""
    open_missing()
    try:
        parsed = _parser().parse_args(arguments)
        status: int = parsed.run(parsed)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Unwritable as error:
        complain(str(error))
        return 1
    return status


def _serve(parsed: argparse.Namespace) -> int:
    from otp_sandbox.web.server_only import import_server_only  # noqa: PLC0415  (client commands need not load it)

    import_server_only()
    from otp_sandbox.serve import serve  # noqa: PLC0415  (as above)

    return serve({name: getattr(parsed, name) for name in _SERVE_FLAGS}, until_eof=parsed.until_eof)


_SERVE_FLAGS = ("host", "port", "config", "seed", "any_sender", "control_open", "log_format")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        say(f"otp-sandbox {VERSION}")
        parser.exit()


class _Parser(argparse.ArgumentParser):
    def print_help(self, file: Any = None) -> None:
        """Write the help as everything else is written."""
        if file is None:
            say(self.format_help().rstrip())
        else:
            super().print_help(file)

    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong with the command line, as everything else does."""
        complain(f"{message}; see {self.prog} --help")
        self.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="otp-sandbox", description="Plays SMS one-time-code providers: eSMS, Amoot SMS, thuesim.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version, and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run a sandbox")
    serve.add_argument("--host", help="address to listen on (default: loopback only)")
    serve.add_argument("--port", help="port to listen on (default: 6877; 0 takes a free one)")
    serve.add_argument("--config", metavar="FILE.toml", help="settings and lanes")
    serve.add_argument("--seed", help="number that all codes, ids and numbers are drawn from (default: 0)")
    serve.add_argument(
        "--any-sender",
        action="store_true",
        default=None,
        help="know every sender name, template, line and pattern, whatever the application uses",
    )
    serve.add_argument(
        "--control-open",
        action="store_true",
        default=None,
        help="let everybody who reaches the port use the control API",
    )
    serve.add_argument("--log-format", help="text or json (default: text)")
    serve.add_argument(
        "--until-eof", action="store_true", help="also stop when standard input ends: with whoever holds the other end"
    )
    serve.set_defaults(run=_serve)

    _add_run(commands)
    ready = _client(commands, "ready", "exit 0 when the sandbox is ready", lane=False)
    ready.add_argument("--wait", default="0s", metavar="30s", help="how long to wait for it")

    code = _client(commands, "code", "print the newest code that was sent to a phone")
    code.add_argument("phone", metavar="PHONE", help="in any spelling that a provider takes")
    code.add_argument("--wait", default="0s", metavar="10s", help="how long to wait for a new one")
    which = code.add_mutually_exclusive_group()
    which.add_argument(
        "--new",
        action="store_true",
        help="only a code sent after this call began, or in the 2 s before; --wait means this too",
    )
    which.add_argument("--after", metavar="CURSOR", help="only a code sent after a place in the log; 0: any")

    messages = _client(commands, "messages", "list messages, newest last")
    messages.add_argument("--follow", action="store_true", help="go on as they come")
    messages.add_argument("--json", action="store_true", help="each message as a JSON object on a line of its own")

    lint = _client(commands, "lint", "say what is wrong with the client that used the sandbox")
    lint.add_argument(
        "--fail-on",
        choices=("high", "medium", "info"),
        default="high",
        help="exit 1 when something as bad as this, or worse, is found (default: high)",
    )
    lint.add_argument("--format", choices=("text", "json", "sarif", "junit"), default="text", help="default: text")
    fault = _client(commands, "fault", "let something go wrong: a preset, or list, or clear")
    fault.add_argument("what", metavar="PRESET", help="lost-ack, slow, down and others; or list; or clear")
    fault.add_argument("--provider", help="only calls of this provider")
    fault.add_argument("--operation", help="only calls of this operation")
    fault.add_argument("--phone", help="only calls for this phone, in any spelling")
    fault.add_argument("--calls", metavar="1..2", help="only some of these calls, counted from 1")
    fault.add_argument("--uses", type=int, metavar="N", help="how often at most (default: until it is cleared)")
    fault.add_argument("--ttl", metavar="5m", help="how long, on the lane's clock (default: until it is cleared)")
    fault.add_argument("--name", help="what it is called; with clear: which one alone is cleared")

    env = _client(commands, "env", "print what an application needs to be pointed here")
    env.add_argument("--format", choices=("dotenv", "shell", "compose"), default="dotenv")

    replay = commands.add_parser(
        "replay",
        help="play a bundle again, and say whether it comes out the same",
        description="Play a bundle again, and say whether every answer comes out the same.",
    )
    replay.add_argument("file", metavar="FILE", help="what GET /_sandbox/v1/bundle gave")
    replay.add_argument("--url", help="play it in a lane of a sandbox that runs (default: in one of its own)")
    replay.add_argument("--config", metavar="FILE.toml", help="the settings of that sandbox")
    replay.set_defaults(run=_named("replay"))

    record = commands.add_parser(
        "record",
        help="pass an application's requests on to a target of yours, and record the answers",
        description="Pass an application's requests on to a target of yours, and record the answers, secrets masked. "
        "Nothing else of otp-sandbox ever passes anything on.",
    )
    record.add_argument(
        "--upstream",
        action="append",
        required=True,
        metavar="[PROVIDER=]URL",
        help="where requests go: for all providers, or for one; may come again",
    )
    record.add_argument("--to", required=True, metavar="FILE", help="the recording; it must not exist")
    record.add_argument("--port", type=_port, default=6878, help="port on this machine (default: 6878; 0: a free one)")
    record.set_defaults(run=_named("record"))
    return parser


def _add_run(commands: argparse._SubParsersAction[_Parser]) -> None:
    run = commands.add_parser(
        "run",
        help="run a command with a sandbox of its own: otp-sandbox run -- npm test",
        description="Start a sandbox on a free port, run a command with all variables that point an application at it, "
        "and end with its exit status. When it fails, say what happened in the sandbox.",
    )
    run.add_argument("--config", metavar="FILE.toml", help="settings and lanes of that sandbox")
    run.add_argument("--seed", help="number that all codes, ids and numbers are drawn from (default: 0)")
    run.add_argument("--any-sender", action="store_true", help="know every sender name, template, line and pattern")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ...", help="the command and its words")
    run.set_defaults(run=_named("run"))


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _named(name: str) -> Callable[[argparse.Namespace], int]:
    """Give the command of a name. Its module is loaded when it runs: some load much."""

    def run(parsed: argparse.Namespace) -> int:
        status: int = getattr(import_module(f"otp_sandbox.commands.{name}"), name)(parsed)
        return status

    return run


def _client(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    summary: str,
    *,
    lane: bool = True,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
    parser.add_argument("--url", help="where the sandbox is (default: OTP_SANDBOX_URL, else as for serve)")
    parser.add_argument("--config", metavar="FILE.toml", help="the settings of that sandbox")
    if lane:
        parser.add_argument("--lane", default="default", help="which lane is meant")
    parser.set_defaults(run=_named(name))
    return parser


if __name__ == "__main__":
    sys.exit(main())
