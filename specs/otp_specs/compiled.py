"""The JSON that is made of a spec's YAML, because YAML costs half a second at start.

It has the spec as it was read, and behind it the document, which is parsed when somebody asks for it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from otp_specs.model import Behaviour, Operation, Outcome, Source, Spec


class _Told(msgspec.Struct):
    """What a spec says besides its document."""

    title: str
    sources: dict[str, Source]
    operations: tuple[Operation, ...]
    outcomes: dict[str, Outcome]
    policy: dict[str, int]
    behaviours: tuple[Behaviour, ...]


class _Held(msgspec.Struct):
    digest: str
    spec: _Told
    document: msgspec.Raw


def path_of(provider: str, folder: Path) -> Path:
    """Tell where the JSON of a provider stands in a folder of specs."""
    return folder / "compiled" / f"{provider}.json"


def list_names(folder: Path) -> list[str]:
    """Name the providers that are compiled, in alphabetical order."""
    return sorted(path.stem for path in (folder / "compiled").glob("*.json"))


def read(provider: str, folder: Path, files: Mapping[str, bytes]) -> Spec | None:
    """Give the spec that was made of these files. Numbers with a point in its document are Decimal.

    Without files, as in a wheel, whatever is compiled is right. None says that the JSON is missing, stale or spoilt.
    """
    try:
        held = _decode(path_of(provider, folder).read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if files and held.digest != _digest(files):
        return None
    return Spec(provider, load_document=_later(held.document), **{name: getattr(held.spec, name) for name in _NAMES})


def write(spec: Spec, folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the JSON of a spec. Whoever reads meanwhile finds the old one or the new one, never half of it.

    Raises:
        OSError: the folder cannot be written.
    """
    import orjson  # noqa: PLC0415  (only needed for edited specs)

    document = orjson.dumps(spec.document, default=lambda number: orjson.Fragment(str(number)))
    held = _Held(_digest(files), _Told(*(getattr(spec, name) for name in _NAMES)), msgspec.Raw(document))
    path = path_of(spec.provider, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(msgspec.json.encode(held))
    draft.replace(path)


_NAMES = _Told.__struct_fields__
_decode = msgspec.json.Decoder(_Held).decode


def _later(document: msgspec.Raw) -> Callable[[], dict[str, Any]]:
    @functools.cache
    def load() -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(bytes(document), parse_float=Decimal)
        return parsed

    return load


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(_reader())
    for name, text in files.items():
        digest.update(b"\0".join((name.encode(), str(len(text)).encode(), text)))
    return digest.hexdigest()


@functools.cache
def _reader() -> bytes:
    """Give the text of this package: JSON that another reader has passed is as stale as that of another YAML."""
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
