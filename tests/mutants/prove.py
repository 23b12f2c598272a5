"""`python -m mutants.prove [NAME...] --target URL` plays mutants against the suite and tells what it finds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mutants.proof import play_mutants
from otp_conformance.case import Feature
from otp_conformance.codes import ControlChannel
from otp_conformance.collection import all_cases
from otp_conformance.options import Options
from otp_conformance.results import CONFORMANT, COULD_NOT_RUN, NOT_CONFORMANT, USAGE
from otp_conformance.stops import CouldNotRun, UsageError
from otp_conformance.suite import Suite


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the proof; the exit status says how it went."""
    parsed = _parser().parse_args(arguments)
    try:
        suite = Suite(Options(target=parsed.target, token=parsed.control_token).make_target(), codes=ControlChannel())
    except UsageError as error:
        return _complain(str(error), USAGE)
    suite.target.features = frozenset(Feature)
    try:
        offered = suite.control("GET", "/mutants")["mutants"]
        wanted = [each for each in offered if not parsed.name or any(name in each["name"] for name in parsed.name)]
        matrix = play_mutants(suite, all_cases(), wanted, lambda line: print(line, file=sys.stderr), quick=parsed.quick)
    except CouldNotRun as failure:
        return _complain(str(failure), COULD_NOT_RUN)
    finally:
        suite.close()
    for row in matrix.rows:
        print(f"{row.name:40} {row.group:15} found by {len(row.killed_by):3} cases  {row.text}")
    print(f"{len(matrix.rows)} mutants, {len(matrix.subtle())} of them need more than one successful call")
    findings = matrix.findings()
    for finding in findings:
        print(f"finding: {finding}")
    if parsed.json:
        try:
            Path(parsed.json).write_bytes(matrix.document())
        except OSError as error:
            return _complain(f"{parsed.json} cannot be written: {error.strerror}", USAGE)
    return NOT_CONFORMANT if findings else CONFORMANT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutants.prove", description="Proves that the suite bites.")
    parser.add_argument("name", nargs="*", help="parts of names; all when none is given")
    parser.add_argument("--target", default="", help="the address at which `python -m mutants` listens")
    parser.add_argument("--control-token", default="")
    parser.add_argument("--quick", action="store_true", help="each mutant only until a case that claims it finds it")
    parser.add_argument("--json", help="where to write the matrix")
    return parser


def _complain(text: str, status: int) -> int:
    print(f"mutants.prove: {text}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
