"""The command `otp-conformance`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import NoReturn

from otp_conformance.results import CONFORMANT, DRIFT, USAGE

LAYERS = Path(__file__).parent / "layers"


RUN_HELP = """usage: otp-conformance run [PROVIDER...] --target URL|live [flags]

Flags of the suite: --tier N, --control-token T, --codes HOW, --choice ID=OPTION, --min-interval S, --rate N,
--max-examples N, --conformance-seed N, --known FILE, --report-json FILE, --report-html FILE. Flags of
pytest may follow: -k, -n, --junitxml FILE.

With --target live, at the real providers (credentials from OTP_CONFORMANCE_...): --tier N (0 nothing is sent, default;
1 free reads; 2 sends; 3 waits), --allow-number +84..., --max-sends N, --price PROVIDER=AMOUNT, --yes, --resume FILE.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status says how it went."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["run"]:
        return _run(words[1:])
    parsed = _parser().parse_args(words)
    status: int = parsed.run(parsed)
    return status


def _run(words: list[str]) -> int:
    """Hand over to pytest: providers first, then flags, its own among them."""
    if "-h" in words or "--help" in words:
        print(RUN_HELP)  # noqa: T201  (a command prints)
        return CONFORMANT
    import pytest  # noqa: PLC0415  (slow, and not needed for usage errors)

    from otp_specs import available  # noqa: PLC0415  (as above)

    providers = list(takewhile(lambda word: not word.startswith("-"), words))
    for name in providers:
        if name not in available():
            return _usage(f"{name} is no provider that is described here; there are {', '.join(available())}")
    if not any(word == "--target" or word.startswith("--target=") for word in words):
        return _usage("--target is missing: give an address like http://127.0.0.1:6877, or live")
    files = [str(path) for path in sorted(LAYERS.glob("test_*.py"))]
    quiet = ["-q", "--no-header", "--tb=short", "-c", os.devnull, f"--rootdir={LAYERS}", "-p", "otp_conformance.plugin"]
    # What failed last is remembered where the run is started: the suite's own folder may be read-only.
    quiet += ["-o", f"cache_dir={Path.cwd() / '.pytest_cache'}"]
    if any("prompt" in word for word in words):
        quiet.append("--capture=no")  # pytest would keep the terminal to itself
    # Plugins that happen to be installed cost seconds, and none of them is needed but the one for -n.
    os.environ.setdefault("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    if find_spec("xdist") is not None:
        quiet += ["-p", "xdist"]
    only = [word for name in providers for word in ("--provider", name)]
    status = pytest.main([*files, *quiet, *only, *words[len(providers) :]])
    return USAGE if status == pytest.ExitCode.USAGE_ERROR else int(status)


def _compare(parsed: argparse.Namespace) -> int:
    from otp_conformance.reports import canonical, drift  # noqa: PLC0415  (slow)

    reports = []
    for name in (parsed.before, parsed.after):
        try:
            reports.append(canonical.read(Path(name).read_bytes()))
        except (OSError, ValueError) as error:
            return _usage(f"{name}: {error}")
    found = drift.find_changes(*reports)
    choices = drift.propose_choices(reports[1])
    print(drift.write_text(found, choices), end="")  # noqa: T201  (a command prints)
    if parsed.write_choices:
        try:
            Path(parsed.write_choices).write_text(drift.write_toml(choices), "utf-8")
        except OSError as error:
            return _usage(f"{parsed.write_choices} cannot be written: {error.strerror}")
    return DRIFT if found else CONFORMANT


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
    compare.add_argument("before", metavar="A.json")
    compare.add_argument("after", metavar="B.json")
    compare.add_argument(
        "--write-choices", metavar="FILE", help="where to write the choices that fit the second report"
    )
    compare.set_defaults(run=_compare)
    return parser


def _usage(text: str) -> int:
    print(f"otp-conformance: {text}", file=sys.stderr)  # noqa: T201  (a command prints)
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
