"""The words of the command line: commands and their flags."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

from otp_sandbox.manual import SECTIONS
from otp_sandbox.streams import complain, say
from otp_sandbox.version import VERSION


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


def make_parser() -> argparse.ArgumentParser:
    """Make what reads the words."""
    parser = _Parser(
        prog="otp-sandbox",
        description="Plays SMS one-time-code providers: eSMS, Amoot SMS, thuesim, viotp. COMMAND --help says more.",
        epilog=SECTIONS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version, and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    _add_serve(commands)
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

    _add_interception(commands)

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
    _for_tools(parser, commands)
    return parser


def _add_serve(commands: argparse._SubParsersAction[_Parser]) -> None:
    serve = commands.add_parser(
        "serve",
        help="run a sandbox",
        description="Run a sandbox until SIGTERM or Ctrl-C. Its first line says where it listens. What a flag sets can "
        "also be set in the environment and in the file.",
    )
    serve.add_argument("--host", help="address to listen on (default: loopback only)")
    serve.add_argument("--port", help="port to listen on (default: 6877; 0 takes a free one)")
    serve.add_argument("--proxy-port", help="port on which it is a proxy of the providers' hosts (default: none)")
    serve.add_argument("--tls-port", help="port for https, for every host of the providers; 0 takes a free one")
    serve.add_argument("--state", metavar="FOLDER", help="where the CA is kept (default: this user's state folder)")
    serve.add_argument(
        "--store", help="where lanes are kept: memory, sqlite:PATH, or redis://HOST:PORT/0 (default: memory)"
    )
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
    serve.set_defaults(run=_named("serve"))


def _add_interception(commands: argparse._SubParsersAction[_Parser]) -> None:
    ca = commands.add_parser(
        "ca",
        help="print the certificate that clients trust to reach the sandbox over TLS",
        description="Print the certificate that clients trust to reach the sandbox over TLS. "
        "The CA is made on first use.",
    )
    ca.add_argument("--format", choices=("pem", "der", "pkcs12"), default="pem", help="pkcs12: for Java (default: pem)")
    ca.add_argument("--path", action="store_true", help="print where the file is instead")
    ca.add_argument("--remake", action="store_true", help="make the CA anew, whatever is there")
    ca.add_argument("--state", metavar="FOLDER", help="where it is kept (default: as for serve)")
    ca.add_argument("--config", metavar="FILE.toml", help="the settings of the sandbox")
    ca.set_defaults(run=_named("ca"))

    hosts = commands.add_parser(
        "hosts",
        help="print the lines of a hosts file that lead the providers' hosts here, or put them in",
        description="Print the lines of a hosts file that lead the providers' hosts to a sandbox, or put them in.",
    )
    which = hosts.add_mutually_exclusive_group()
    which.add_argument("--write", action="store_true", help="put the lines into the file, in a marked block")
    which.add_argument("--remove", action="store_true", help="take that block out again")
    hosts.add_argument("--file", metavar="PATH", help="the hosts file (default: that of this machine)")
    hosts.add_argument(
        "--address",
        type=_address,
        action="append",
        help="where the sandbox is; may come again (default: 127.0.0.1 and ::1)",
    )
    hosts.set_defaults(run=_named("hosts"))


def _address(text: str) -> str:
    import ipaddress  # noqa: PLC0415  (for one command)

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no address") from None


def _for_tools(parser: _Parser, commands: argparse._SubParsersAction[_Parser]) -> None:
    """Add the commands that programs call: agents, editors, shells."""
    mcp = commands.add_parser(
        "mcp",
        help="offer a sandbox to coding agents (Model Context Protocol)",
        description="Offer a sandbox to coding agents, by the Model Context Protocol over standard input and output. "
        "It needs the extra mcp.",
    )
    mcp.add_argument("--url", help="where the sandbox is (default: OTP_SANDBOX_URL, else one of its own)")
    mcp.add_argument("--config", metavar="FILE.toml", help="the settings of that sandbox")
    mcp.add_argument("--port", type=_port, default=0, help="port of its own sandbox (default: a free one)")
    mcp.set_defaults(run=_named("mcp"))

    completion = commands.add_parser(
        "completion",
        help="print a script that lets a shell complete the command line",
        description="Print a script that lets a shell complete commands, flags and values of otp-sandbox.",
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="which shell is to complete")
    completion.set_defaults(run=_named("completion"), parser=parser)

    schema = commands.add_parser(
        "schema",
        help="print the JSON Schema of the settings file, for editors",
        description="Print the JSON Schema of the settings file. Editors complete the file by it and check it.",
    )
    schema.set_defaults(run=_named("schema"))


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
    run.add_argument("--direct", action="store_true", help="give addresses and credentials, but neither proxy nor CA")
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
