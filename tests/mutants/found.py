"""All mutants by name: those that somebody wrote, those that are derived, and what is no mistake."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Final

import mutants as package
from mutants.derived import derived
from mutants.kit import Mutant
from otp_sandbox.app import find_providers


def _written(name: str) -> Iterator[Mutant]:
    for module in pkgutil.walk_packages(package.__path__, "mutants."):
        if module.name.count(".") > 1:  # below a provider's name
            yield from getattr(importlib.import_module(module.name), name, ())


WRITTEN: Final[Mapping[str, Mutant]] = {mutant.name: mutant for mutant in _written("WRITTEN")}
NOTES: Final[Mapping[str, Mutant]] = {mutant.name: mutant for mutant in _written("NOTES")}
DERIVED: Final[Mapping[str, Mutant]] = {
    mutant.name: mutant for provider in find_providers().values() for mutant in derived(provider)
}
MUTANTS: Final[Mapping[str, Mutant]] = {**WRITTEN, **NOTES, **DERIVED}
