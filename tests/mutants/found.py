"""All mutants by name: those that somebody wrote, and those that are derived."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Final

import mutants as package
from mutants.derived import derived
from mutants.kit import Mutant
from otp_sandbox.app import find_providers


def _written() -> dict[str, Mutant]:
    found: dict[str, Mutant] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.partition("_")[0] in find_providers():
            loaded = importlib.import_module(f"mutants.{module.name}")
            found.update({mutant.name: mutant for mutant in getattr(loaded, "MUTANTS", ())})
    return found


WRITTEN: Final[Mapping[str, Mutant]] = _written()
DERIVED: Final[Mapping[str, Mutant]] = {
    mutant.name: mutant for provider in find_providers().values() for mutant in derived(provider)
}
MUTANTS: Final[Mapping[str, Mutant]] = {**WRITTEN, **DERIVED}
