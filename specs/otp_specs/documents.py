"""Where the specs are, and which form of them is read: the YAML, or the JSON that was made of it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Final

from otp_specs import compiled
from otp_specs.bundle import make_bundle
from otp_specs.errors import SpecError
from otp_specs.model import Spec

_PACKAGE: Final = Path(__file__).parent
_INSTALLED: Final = _PACKAGE / "installed"

FOLDER: Final = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""The folder of our specs: `specs` of a checkout, or the one that the build puts into a wheel, which has no YAML."""


def available(folder: Path = FOLDER) -> list[str]:
    """Name the providers that have a spec, in alphabetical order."""
    roots = sorted(path.stem for path in folder.glob("*.yaml"))
    return roots or compiled.list_names(folder)


def read_document(provider: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Give the document as written, in one piece, numbers with a point as Decimal so that their spelling survives.

    Raises:
        SpecError: it cannot be read, or is not put together well.
    """
    files = read_files(provider, folder)
    spec = compiled.read(provider, folder, files)
    return make_bundle(provider, files).document if spec is None else dict(spec.document)


def read_files(provider: str, folder: Path) -> dict[str, bytes]:
    """Read the YAML of a provider, its root first; nothing where all is compiled.

    Raises:
        SpecError: there is no root.
    """
    root = folder / f"{provider}.yaml"
    try:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in (root, *sorted((folder / provider).rglob("*.yaml")))
        }
    except OSError as error:
        if provider in available(folder):
            return {}
        raise SpecError(root.name, "file", f"cannot be read ({error.strerror})") from error


def keep_compiled(spec: Spec, folder: Path, files: dict[str, bytes]) -> None:
    """Write the JSON of a spec that was read without complaint, if the folder lets us."""
    with contextlib.suppress(OSError):
        compiled.write(spec, folder, files)
