"""All mutants by name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Final

import mutants as package
from mutants.kit import Mutant

_TOOLS: Final = ("__main__", "found", "kit", "proof", "prove", "serve")


def _find() -> dict[str, Mutant]:
    found: dict[str, Mutant] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in _TOOLS:
            loaded = importlib.import_module(f"mutants.{module.name}")
            found.update({mutant.name: mutant for mutant in getattr(loaded, "MUTANTS", ())})
    return found


MUTANTS: Final[Mapping[str, Mutant]] = _find()
