"""`python -m otp_specs` reads every spec, lints it, and writes the compiled JSON beside it."""

from __future__ import annotations

import hashlib
import sys
from decimal import Decimal

import orjson

from otp_specs.documents import FOLDER, available, compiled_path
from otp_specs.errors import SpecError
from otp_specs.lint import findings
from otp_specs.reader import load
from otp_specs.yaml_text import parse


def compiled(provider: str) -> bytes:
    """Give the JSON that belongs to a provider's YAML."""
    text = (FOLDER / f"{provider}.yaml").read_bytes()
    held = {"digest": hashlib.sha256(text).hexdigest(), "document": parse(f"{provider}.yaml", text)}
    return orjson.dumps(held, default=_spelled, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _spelled(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(value)


def main() -> int:
    """Compile all specs; exit 1 when one is broken."""
    try:
        for provider in available():
            problems = findings(load(provider))
            if problems:
                print(*problems, sep="\n", file=sys.stderr)  # noqa: T201  (a command prints)
                return 1
            path = compiled_path(provider)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(compiled(provider))
    except SpecError as error:
        print(error, file=sys.stderr)  # noqa: T201  (a command prints)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
