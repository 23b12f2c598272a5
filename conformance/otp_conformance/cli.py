"""The command `otp-conformance`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import NoReturn

from otp_conformance.verdict import CONFORMANT, COULD_NOT_RUN, DRIFT, STRICT, USAGE, Verdict

LAYERS = Path(__file__).parent / "layers"


RUN_HELP = """usage: otp-conformance run [PROVIDER...] --target URL|live [flags]

Flags of the suite: --tier N, --control-token T, --codes HOW, --choice ID=OPTION, --min-interval S, --rate N,
--max-examples N, --conformance-seed N, --known FILE, --report-json FILE, --report-html FILE, --resume FILE, --ca FILE,
--strict, --change-default. Flags of pytest may follow: -k, -n, --junitxml FILE.

With --target live, at the real providers (credentials from OTP_CONFORMANCE_...): --tier N (0 nothing is sent, default;
1 free reads; 2 sends; 3 waits), --allow-number +84..., --max-sends N, --price PROVIDER=AMOUNT, --yes.
"""
EXTRA = {"pytest": "pytest", "schemathesis": "schemathesis"}
"""Modules that a run needs, and the packages that have them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status says how it went. Whatever breaks in here is never a word about a target."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if "--version" in words:
            print(f"otp-conformance {version('otp-sandbox')}")  # noqa: T201  (a command prints)
            return CONFORMANT
        if words[:1] == ["run"]:
            return _run(words[1:])
        parsed = _parser().parse_args(words)
        status: int = parsed.run(parsed)
    except KeyboardInterrupt:
        return _say("broken off", COULD_NOT_RUN)
    except Exception as error:  # noqa: BLE001  (that is the point)
        place = traceback.extract_tb(error.__traceback__)[-1]
        told = " ".join(f"{type(error).__name__}: {error}".split())
        return _say(f"the suite itself broke: {told} ({place.filename}, line {place.lineno})", COULD_NOT_RUN)
    return status


def _run(words: list[str]) -> int:
    """Hand over to pytest: names of providers and flags, its own among them."""
    if "-h" in words or "--help" in words:
        print(RUN_HELP)  # noqa: T201  (a command prints)
        return CONFORMANT
    from otp_specs import available  # noqa: PLC0415  (slow, and not needed for help)

    for name in takewhile(lambda word: not word.startswith("-"), words):
        if name not in available():
            return _usage(f"{name} is no provider that is described here; there are {', '.join(available())}")
    if not any(word == "--target" or word.startswith("--target=") for word in words):
        return _usage("--target is missing: give an address like http://127.0.0.1:6877, or live")
    parallel = any(word == "--numprocesses" or word.startswith(("-n", "--numprocesses=")) for word in words)
    needed = {**EXTRA, **({"xdist": "pytest-xdist"} if parallel else {})}
    missing = [package for module, package in needed.items() if find_spec(module) is None]
    if missing:
        return _say(f"{', '.join(missing)} missing: pip install 'otp-sandbox[conformance]'", COULD_NOT_RUN)
    return _run_pytest([STRICT if word == "--strict" else word for word in words])


def _run_pytest(words: list[str]) -> int:
    """Run pytest over the suite's own folder alone: nothing of the project around it is read."""
    import pytest  # noqa: PLC0415  (slow, and not needed for usage errors)

    files = [str(path) for path in sorted(LAYERS.glob("test_*.py"))]
    own = ["-q", "--no-header", "--tb=short", "-c", os.devnull, f"--rootdir={LAYERS}", f"--confcutdir={LAYERS}"]
    own += ["--noconftest", "-p", "otp_conformance.plugin"]
    # What failed last is remembered where the run is started: the suite's own folder may be read-only. Not in
    # pytest's usual place, which is the project's own.
    own += ["-o", f"cache_dir={Path.cwd() / '.otp_conformance_cache'}"]
    if any("prompt" in word for word in words):
        own.append("--capture=no")  # pytest would keep the terminal to itself
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        del os.environ[name]  # settings of the project around
    # Plugins that happen to be installed cost seconds, and none of them is needed but the one for -n.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    if find_spec("xdist") is not None:
        own += ["-p", "xdist"]
    verdict = Verdict()
    status = pytest.main([*files, *own, *words], plugins=[verdict])
    if verdict.status is not None:
        return verdict.status
    without_verdict = {pytest.ExitCode.OK: CONFORMANT, pytest.ExitCode.USAGE_ERROR: USAGE}
    return without_verdict.get(pytest.ExitCode(status), COULD_NOT_RUN)


def _compare(parsed: argparse.Namespace) -> int:
    if parsed.recording:
        if parsed.before or not parsed.target:
            return _usage("--recording FILE goes with --target URL, and with no reports")
        return _compare_recording(parsed)
    if not parsed.after:
        return _usage("compare takes two reports, or --recording FILE with --target URL")
    return _compare_reports(parsed)


def _compare_reports(parsed: argparse.Namespace) -> int:
    from otp_conformance.reports import canonical, drift  # noqa: PLC0415  (slow)

    reports = []
    for name in (parsed.before, parsed.after):
        try:
            reports.append(canonical.read(Path(name).read_bytes()))
        except (OSError, ValueError) as error:
            return _usage(f"{name}: {error}")
    found = drift.compare(*reports)
    choices = drift.propose_choices(reports[1])
    print(drift.write_text(found, choices), end="")  # noqa: T201  (a command prints)
    if (unwritable := _write_choices(parsed, choices)) is not None:
        return _usage(unwritable)
    if not found.judged:
        return _say("there is no case that both runs judged", COULD_NOT_RUN)
    return DRIFT if found.changes else CONFORMANT


def _write_choices(parsed: argparse.Namespace, choices: Mapping[str, str]) -> str | None:
    """Write the choices where they are wanted. Says what is wrong if they cannot be."""
    from otp_conformance.reports import drift  # noqa: PLC0415  (slow)

    if parsed.write_choices:
        try:
            Path(parsed.write_choices).write_text(drift.write_toml(choices), "utf-8")
        except OSError as error:
            return f"{parsed.write_choices} cannot be written: {error.strerror}"
    return None


def _compare_recording(parsed: argparse.Namespace) -> int:
    """Play a recording in a sandbox, and propose the choices with which it answers as the target did."""
    from otp_conformance import recorded  # noqa: PLC0415  (slow)
    from otp_conformance.stops import CouldNotRun  # noqa: PLC0415

    try:
        heard = recorded.read(Path(parsed.recording).read_bytes())
    except (OSError, ValueError) as error:
        return _usage(f"{parsed.recording}: {error}")
    token = parsed.control_token or os.environ.get("OTP_SANDBOX_CONTROL_TOKEN", "")
    try:
        found = asyncio.run(recorded.propose(parsed.target, token, heard))
    except CouldNotRun as error:
        return _say(str(error), COULD_NOT_RUN)
    print(recorded.write_text(found), end="")  # noqa: T201  (a command prints)
    if (unwritable := _write_choices(parsed, found.choices)) is not None:
        return _usage(unwritable)
    if not found.count:
        return _say("nothing was recorded", COULD_NOT_RUN)
    return DRIFT if found.otherwise else CONFORMANT


class _Parser(argparse.ArgumentParser):
    """Tells a usage error in a line, with the status that is ours and not the one that means drift."""

    def error(self, message: str) -> NoReturn:
        """Tell it and leave."""
        sys.exit(_usage(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="otp-conformance", description="Says how faithfully a provider is played.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    commands.add_parser("run", help="run the suite against a target (run --help says more)")
    compare = commands.add_parser("compare", help="the drift report: what came out otherwise in the second report")
    compare.add_argument("before", metavar="A.json", nargs="?")
    compare.add_argument("after", metavar="B.json", nargs="?")
    compare.add_argument(
        "--recording", metavar="FILE", help="instead of reports: what otp-sandbox record has heard at a real target"
    )
    compare.add_argument("--target", metavar="URL", help="the sandbox in which a recording is played")
    compare.add_argument("--control-token", metavar="TOKEN", help="what its control API asks for")
    compare.add_argument(
        "--write-choices", metavar="FILE", help="where to write the choices that fit the second report"
    )
    compare.set_defaults(run=_compare)
    return parser


def _usage(text: str) -> int:
    return _say(text, USAGE)


def _say(text: str, status: int) -> int:
    print(f"otp-conformance: {text}", file=sys.stderr)  # noqa: T201  (a command prints)
    return status


if __name__ == "__main__":
    sys.exit(main())
