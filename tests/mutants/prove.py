"""`python -m mutants.prove [NAME...]` plays mutants against the suite and tells what it finds."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mutants.marks import mark
from mutants.proof import Mutant, Proof
from otp_conformance.case import Feature
from otp_conformance.codes import ControlChannel
from otp_conformance.collection import all_cases
from otp_conformance.options import Options
from otp_conformance.stops import CouldNotRun, UsageError
from otp_conformance.suite import Suite
from otp_conformance.verdict import CONFORMANT, COULD_NOT_RUN, NOT_CONFORMANT, USAGE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the proof; the exit status says how it went."""
    parsed = _parser().parse_args(arguments)
    if parsed.target:
        return _prove(parsed, parsed.target)
    with _served() as url:
        return _prove(parsed, url)


@contextmanager
def _served() -> Iterator[str]:
    """Serve mutants as long as they are needed."""
    with subprocess.Popen([sys.executable, "-m", "mutants"], stdout=subprocess.PIPE, text=True) as server:
        try:
            first = server.stdout.readline() if server.stdout is not None else ""
            yield "http://" + first.partition("http://")[2].partition(" ")[0]
        finally:
            server.kill()


def _prove(parsed: argparse.Namespace, target: str) -> int:
    try:
        # The lane that strangers meet is the mutants' own; nobody else is there.
        options = Options(target=target, token=parsed.control_token, changes_default=True)
        suite = Suite(options.make_target(), codes=ControlChannel())
    except UsageError as error:
        return _complain(str(error), USAGE)
    suite.target.features = frozenset(Feature)
    suite.target.changes_default = True  # there, the lane `default` is the one with the mistake
    try:
        offered = [Mutant(**each) for each in suite.control("GET", "/mutants")["mutants"]]
        wanted = [each for each in offered if _is_wanted(each, parsed)]
        proof = Proof(suite, all_cases(), lambda line: print(line, file=sys.stderr))
        matrix = proof.run(wanted, whole=len(wanted) == len(offered))
    except CouldNotRun as failure:
        return _complain(str(failure), COULD_NOT_RUN)
    finally:
        suite.close()
    findings = matrix.findings()
    for line in (*matrix.counts(), *(f"finding: {each}" for each in findings)):
        print(line)
    if parsed.json:
        try:
            Path(parsed.json).write_bytes(matrix.document())
        except OSError as error:
            return _complain(f"{parsed.json} cannot be written: {error.strerror}", USAGE)
    return NOT_CONFORMANT if findings else CONFORMANT


def _is_wanted(mutant: Mutant, parsed: argparse.Namespace) -> bool:
    if mutant.derived and int(mark(mutant.name), 16) % parsed.one_in:
        return False
    return not parsed.name or any(name in mutant.name for name in parsed.name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mutants.prove", description="Proves that the suite finds mistakes."
    )
    parser.add_argument("name", nargs="*", help="parts of names; all when none is given")
    parser.add_argument(
        "--target", default="", help="where `python -m mutants` listens; one is served when it is left out"
    )
    parser.add_argument("--control-token", default="")
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="of the derived mutants play one in N")
    parser.add_argument("--json", help="where to write who finds which")
    return parser


def _complain(text: str, status: int) -> int:
    print(f"mutants.prove: {text}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
