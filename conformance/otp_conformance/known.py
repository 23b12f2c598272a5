"""Known failures: a file of case ids with reasons. A case that is listed must keep failing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from otp_conformance.collection import all_cases
from otp_conformance.results import Kind, Result

_COMMENT: Final = re.compile(r"(^|\s{2,})#.*")
_OTHER_LAYERS: Final = re.compile(r"\w+\.(contract|sample)\.")


def _exists(name: str) -> bool:
    return bool(_OTHER_LAYERS.match(name)) or any(case.id == name for case in all_cases())


@dataclass(slots=True)
class Known:
    """What is known to fail, and why."""

    reasons: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def read(path: Path | None) -> Known:
        """Read lines of `case id: reason`; `#` at the start of a line, or after two blanks, begins a comment.

        Raises:
            ValueError: the file cannot be read, a line has no reason, or names a case that does not exist.
        """
        if path is None:
            return Known()
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{path}: cannot be read ({error})") from error
        reasons = {}
        for number, line in enumerate(lines, start=1):
            text = _COMMENT.sub("", line).strip()
            if not text:
                continue
            name, colon, reason = text.partition(": ")
            if not colon or not reason.strip():
                raise ValueError(f"{path}: line {number}: write `case id: reason`")
            if not _exists(name.strip()):
                raise ValueError(f"{path}: line {number}: there is no case {name.strip()}")
            reasons[name.strip()] = reason.strip()
        return Known(reasons)

    def apply(self, result: Result) -> None:
        """Turn an expected failure into a known one, and an unexpected success into a stale entry."""
        reason = self.reasons.get(result.id)
        if reason is None:
            return
        if result.kind == Kind.FAILED:
            result.kind, result.reason = Kind.KNOWN, f"{reason} ({result.reason})"
        elif result.kind == Kind.PASSED:
            result.kind, result.reason = Kind.STALE, f"is listed as failing ({reason}), but passes"
