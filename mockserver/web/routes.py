"""Which operation a request means. The table is made from the specs and nothing else registers provider paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from urllib.parse import unquote

from mockserver.contract import Handler, Provider
from mockserver.plan import Plan, plan
from specs import Operation


@dataclass(frozen=True, slots=True)
class Route:
    """An operation with all that is worked out once: how to read and judge a call."""

    provider: Provider
    operation: Operation
    handler: Handler
    plan: Plan
    secrets: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    has_magic: bool


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at a path: the routes by method."""

    provider: Provider
    methods: Mapping[str, tuple[Route, ...]]
    names: Mapping[str, str]


class Routes:
    """Finds places by path. Slashes fold everywhere, case where the provider's server does not mind it."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self.providers = tuple(providers)
        self._exact: dict[str, Place] = {}
        self._folded: dict[str, Place] = {}
        for provider in self.providers:
            table = self._folded if provider.reading.any_case_paths else self._exact
            for path, operations in _by_path(provider.spec.operations).items():
                key = path.lower() if provider.reading.any_case_paths else path
                table[key] = _place(provider, operations)
        self.find = lru_cache(maxsize=4096)(self._find)
        """Finds what stands at a path as it was sent; remembered, because the same paths come again and again."""

    def by_id(self) -> dict[str, Route]:
        """Give all routes by operationId."""
        places = (*self._exact.values(), *self._folded.values())
        routes = (route for place in places for each in place.methods.values() for route in each)
        return {route.operation.id: route for route in routes}

    def _find(self, path: str) -> Place | None:
        folded = fold(path)
        return self._exact.get(folded) or self._folded.get(folded.lower())

    def owner(self, path: str) -> Provider | None:
        """Say whose server would answer a path that nothing stands at."""
        folded = fold(path) + "/"
        for provider in self.providers:
            lower = provider.reading.any_case_paths
            for prefix in provider.prefixes:
                if (folded.lower() if lower else folded).startswith(prefix.lower() if lower else prefix):
                    return provider
        return None

    def nearest(self, method: str, path: str) -> list[str]:
        """Name the played operations that are spelled most like a request."""
        known = {
            f"{operation.method} {operation.path}": f"{operation.method} {operation.path} ({operation.name})"
            for provider in self.providers
            for operation in provider.spec.operations
        }
        lowered = {key.lower(): text for key, text in known.items()}
        close = get_close_matches(f"{method} {fold(path)}".lower(), lowered, n=3, cutoff=0.4)
        return [lowered[key] for key in close]


def fold(path: str) -> str:
    """Collapse repeated slashes, drop the one at the end, decode what is percent-encoded."""
    if "%" in path:
        path = unquote(path, errors="replace")
    if "//" in path:
        path = "/" + "/".join(part for part in path.split("/") if part)
    return path.rstrip("/") or "/"


def select(routes: Iterable[Route], fields: Mapping[str, str]) -> Route | None:
    """Pick the route whose required constants the request carries, else the one that has none."""
    fallback = None
    for route in routes:
        if not route.constants:
            fallback = route
        elif all(fields.get(name) == value for name, value in route.constants):
            return route
    return fallback


def _by_path(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    paths: dict[str, list[Operation]] = {}
    for operation in operations:
        paths.setdefault(fold(operation.path), []).append(operation)
    return paths


def _place(provider: Provider, operations: list[Operation]) -> Place:
    methods: dict[str, tuple[Route, ...]] = {}
    names: dict[str, str] = {}
    for operation in operations:
        methods[operation.method] = (*methods.get(operation.method, ()), _route(provider, operation))
        names.update({name.lower(): name for name in operation.fields} | {name: name for name in operation.fields})
    return Place(provider, methods, names)


def _route(provider: Provider, operation: Operation) -> Route:
    handler = provider.handlers[operation.name]
    return Route(
        provider=provider,
        operation=operation,
        handler=handler,
        plan=plan(provider, operation),
        secrets=tuple(name for name in operation.fields if name.lower() in provider.identity.secrets),
        constants=tuple(operation.constants.items()),
        has_magic=provider.magic.field in operation.fields,
    )
