"""Where the specs are, and how their documents are read as written."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from otp_specs.errors import SpecError

FOLDER: Final = Path(__file__).parents[1]


def compiled_path(provider: str, folder: Path = FOLDER) -> Path:
    """Tell where the compiled JSON of a provider's YAML stands. An installed package holds nothing else."""
    return folder / "otp_specs" / "compiled" / f"{provider}.json"


def available(folder: Path = FOLDER) -> list[str]:
    """Name the providers that have a spec, in alphabetical order."""
    compiled = compiled_path("*", folder)
    return sorted({path.stem for path in (*folder.glob("*.yaml"), *compiled.parent.glob(compiled.name))})


def read_document(provider: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Give the document as written, numbers with a point as Decimal so that their spelling survives.

    The compiled JSON serves as long as it carries the digest of the YAML beside it.
    """
    path = folder / f"{provider}.yaml"
    compiled = _compiled(provider, folder)
    if compiled is not None and not path.exists():
        installed: dict[str, Any] = compiled["document"]
        return installed
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SpecError(path.name, "file", f"cannot be read ({error.strerror})") from error
    if compiled is not None and compiled.get("digest") == hashlib.sha256(text).hexdigest():
        document: dict[str, Any] = compiled["document"]
        return document
    from otp_specs.yaml_text import parse  # noqa: PLC0415  (YAML is only needed for edited specs)

    return parse(path.name, text)


def _compiled(provider: str, folder: Path) -> dict[str, Any] | None:
    path = compiled_path(provider, folder)
    if not path.exists():
        return None
    try:
        held = json.loads(path.read_bytes(), parse_float=Decimal)
    except ValueError:  # as conflict markers leave it; `python -m otp_specs` must be able to write it anew
        return None
    return held if isinstance(held, dict) else None
