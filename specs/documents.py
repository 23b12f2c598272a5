"""Where the specs are, and how their documents are read as written."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from specs.errors import SpecError

FOLDER: Final = Path(__file__).parent


def available(folder: Path = FOLDER) -> list[str]:
    """Name the providers that have a spec, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def read_document(provider: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Give the document as written, numbers with a point as Decimal so that their spelling survives.

    The compiled JSON serves as long as it carries the digest of the YAML beside it.
    """
    path = folder / f"{provider}.yaml"
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SpecError(path.name, "file", f"cannot be read ({error.strerror})") from error
    compiled = folder / "compiled" / f"{provider}.json"
    if compiled.exists():
        try:
            held = json.loads(compiled.read_bytes(), parse_float=Decimal)
        except ValueError:  # as conflict markers leave it; `python -m specs` must be able to write it anew
            held = None
        if isinstance(held, dict) and held.get("digest") == hashlib.sha256(text).hexdigest():
            document: dict[str, Any] = held["document"]
            return document
    from specs.yaml_text import parse  # noqa: PLC0415  (YAML is only needed for edited specs)

    return parse(path.name, text)
