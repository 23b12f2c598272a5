"""The JSON that is made of a spec's YAML, because YAML costs half a second at start."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from otp_specs.bundle import Bundle


def path_of(provider: str, folder: Path) -> Path:
    """Tell where the JSON of a provider stands in a folder of specs."""
    return folder / "compiled" / f"{provider}.json"


def list_names(folder: Path) -> list[str]:
    """Name the providers that are compiled, in alphabetical order."""
    return sorted(path.stem for path in (folder / "compiled").glob("*.json"))


def read(provider: str, folder: Path, files: Mapping[str, bytes]) -> dict[str, Any] | None:
    """Give the document that was made of these files, numbers with a point as Decimal.

    Without files, as in a wheel, whatever is compiled is right. None says that the JSON is missing, stale or spoilt.
    """
    try:
        held = json.loads(path_of(provider, folder).read_bytes(), parse_float=Decimal)
    except (OSError, ValueError):
        return None
    if not isinstance(held, dict) or not isinstance(held.get("document"), dict):
        return None
    if files and held.get("digest") != _digest(files):
        return None
    document: dict[str, Any] = held["document"]
    return document


def write(bundle: Bundle, folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the JSON of a bundle. Whoever reads meanwhile finds the old one or the new one, never half of it.

    Raises:
        OSError: the folder cannot be written.
    """
    import orjson  # noqa: PLC0415  (only needed for edited specs)

    held = {"digest": _digest(files), "document": bundle.document}
    path = path_of(bundle.provider, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(orjson.dumps(held, default=lambda number: orjson.Fragment(str(number))))
    draft.replace(path)


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(_reader())
    for name, text in files.items():
        digest.update(b"\0".join((name.encode(), str(len(text)).encode(), text)))
    return digest.hexdigest()


@functools.cache
def _reader() -> bytes:
    """Give the text of this package: JSON that another reader has passed is as stale as that of another YAML."""
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
