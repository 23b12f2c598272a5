"""One room a provider: how it writes, its cases, how its samples come about. A folder that is here is found.

Nothing is imported before it is asked for, so that the folders may import the suite.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Generic, TypeVar

from otp_conformance.case import CASES, Case

T = TypeVar("T")


def names() -> list[str]:
    """List the providers that have a folder, in order of the alphabet."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


class ByProvider(Mapping[str, T], Generic[T]):
    """One thing that each provider's folder knows, by the name of the provider.

    Args:
        name: the variable that holds it.
        module: the module of the folder in which it stands; the folder itself when empty.

    Raises:
        KeyError: by a look-up, where no folder has that name.
        ImportError, AttributeError: by a look-up, where the folder lacks the module or the variable.
    """

    def __init__(self, name: str, module: str = "") -> None:
        self._name, self._module = name, module
        self._found: dict[str, T] = {}

    def __getitem__(self, provider: str) -> T:
        if provider not in self._found:
            if provider not in names():
                raise KeyError(provider)
            path = f"{__name__}.{provider}" + (f".{self._module}" if self._module else "")
            held: Any = getattr(importlib.import_module(path), self._name)
            self._found[provider] = held
        return self._found[provider]

    def __iter__(self) -> Iterator[str]:
        return iter(names())

    def __len__(self) -> int:
        return len(names())


def load_modules(provider: str) -> list[ModuleType]:
    """Import all modules of a provider's room, and give them in the order of their names."""
    room = importlib.import_module(f"{__name__}.{provider}")
    found = sorted(module.name for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."))
    return [importlib.import_module(name) for name in found]


def all_cases() -> list[Case]:
    """Load every room and list the cases."""
    for provider in names():
        load_modules(provider)
    return list(CASES.values())
