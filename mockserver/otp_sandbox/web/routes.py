"""Which operation a request means. The table is made from the specs and nothing else registers provider paths."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from otp_sandbox.contract import Provider, Source
from otp_sandbox.interception.hosts import WWW
from otp_sandbox.play.route import Route, make_route
from otp_sandbox.web.nearest import Nearest
from otp_specs import Operation


@dataclass(frozen=True, slots=True)
class Resource:
    """What stands at a path: the routes by method, the names of their fields, and those that may come often."""

    provider: Provider
    methods: Mapping[str, tuple[Route, ...]]
    names: Mapping[str, str]
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """What stands at a path, and the fields that the path itself holds."""

    resource: Resource
    fields: Mapping[str, str]


_NO_FIELDS: Mapping[str, str] = {}


REMEMBERED_LENGTH = 200
"""Characters of a path whose matches are remembered: all that is played is shorter, and the memory stays small."""


class Routes:
    """Finds resources by path. Slashes fold everywhere, case where the provider's server does not mind it.

    Where several providers have something at a path, the host tells them apart; the first one has the rest.
    """

    def __init__(self, providers: Iterable[Provider]) -> None:
        self.providers = tuple(providers)
        self._nearest = Nearest(self.providers)
        self._exact: dict[str, list[Resource]] = {}
        self._folded: dict[str, list[Resource]] = {}
        self._with_fields: list[tuple[re.Pattern[str], Resource]] = []
        for provider in self.providers:
            any_case = provider.reading.any_case_paths
            table = self._folded if any_case else self._exact
            for path, operations in _by_path(provider.spec.operations).items():
                resource = _resource(provider, operations)
                if "{" in path:
                    self._with_fields.append((_pattern(path, any_case=any_case), resource))
                else:
                    table.setdefault(path.lower() if any_case else path, []).append(resource)
        self._secret_segments = _secret_segments(self.providers)
        # Remembered, because the same paths come again and again.
        self._matches = lru_cache(maxsize=4096)(self._find_matches)

    def find(self, path: str, source: Source | None = None) -> Match | None:
        """Find what stands at a path as it was sent, for the host that the request names (a port does not count)."""
        matches = self._matches(path) if len(path) <= REMEMBERED_LENGTH else self._find_matches(path)
        if len(matches) < 2:  # noqa: PLR2004  (one or none)
            return matches[0] if matches else None
        name = _plain(source.host) if source is not None else ""
        return next((each for each in matches if name in each.resource.provider.hosts), matches[0])

    def of_host(self, host: str) -> Provider | None:
        """Say whose server a host is."""
        name = _plain(host)
        return next((each for each in self.providers if name in each.hosts), None)

    def _find_matches(self, path: str) -> tuple[Match, ...]:
        folded = fold(path)
        plain = [*self._exact.get(folded, ()), *self._folded.get(folded.lower(), ())]
        found = [Match(each, _NO_FIELDS) for each in plain]
        for pattern, resource in self._with_fields:
            fields = pattern.fullmatch(folded)
            if fields is not None:
                found.append(Match(resource, fields.groupdict()))
        return tuple(found)

    def secret_segments(self, path: str) -> frozenset[int]:
        """Tell which segments of a path may be secrets: those that are one in an operation that begins alike."""
        first = fold(path)[1:].partition("/")[0].lower()
        return self._secret_segments.get(first, frozenset())

    def owner(self, path: str) -> Provider | None:
        """Say whose server would answer a path that nothing stands at."""
        folded = fold(path)
        below = folded + "/"
        for provider in self.providers:
            lower = provider.reading.any_case_paths
            for prefix in provider.prefixes:
                if (below.lower() if lower else below).startswith(prefix.lower() if lower else prefix):
                    return provider
        return self._nearest.owner(folded)

    def nearest(self, method: str, path: str, fields: Collection[str] = ()) -> list[str]:
        """Name the played operations that a request most likely means."""
        return self._nearest.find(method, fold(path), self.owner(path), fields)

    def not_played(self, path: str) -> str | None:
        """Say where the documents list a path as not played, and what it is; None if they do not."""
        return self._nearest.not_played(fold(path))


def _plain(host: str) -> str:
    """Give the name of a server by a Host: its `www.` form is the same, and a port does not count."""
    return host.partition(":")[0].rstrip(".").lower().removeprefix(WWW)


def fold(path: str) -> str:
    """Collapse repeated slashes, drop the one at the end, decode what is percent-encoded."""
    if "%" in path:
        path = unquote(path, errors="replace")
    if "//" in path:
        path = "/" + "/".join(part for part in path.split("/") if part)
    return path.rstrip("/") or "/"


def select(routes: Sequence[Route], fields: Mapping[str, str], source: Source | None = None) -> Route | None:
    """Pick the route whose required constants the request carries, or whose host it is for, else the one without."""
    fallback = None
    for route in routes:
        if route.operation.hosts and len(routes) > 1:
            if _is_meant(route, fields, _plain(source.host) if source is not None else ""):
                return route
        elif not route.constants:
            fallback = route
        elif all(fields.get(name) == value for name, value in route.constants):
            return route
    return fallback


def _is_meant(route: Route, fields: Mapping[str, str], host: str) -> bool:
    """Whether a request is for the host of a route; by a name that says nothing, whether it has all of its fields."""
    if host in route.provider.hosts:
        return host in route.operation.hosts
    return all(name in fields for name in route.names)


def _secret_segments(providers: Iterable[Provider]) -> dict[str, frozenset[int]]:
    """Give the places of secrets in paths, counted from 0, by the first segment in lower case."""
    found: dict[str, frozenset[int]] = {}
    for provider in providers:
        for operation in provider.spec.operations:
            segments = fold(operation.path)[1:].split("/")
            places = frozenset(
                number
                for number, each in enumerate(segments)
                if each[:1] == "{" and each[1:-1].lower() in provider.identity.secrets
            )
            first = segments[0].lower()
            found[first] = found.get(first, frozenset()) | places
    return found


def _pattern(path: str, *, any_case: bool) -> re.Pattern[str]:
    """Give the pattern of a path whose segments in braces are fields."""
    parts = re.split(r"\{(\w+)\}", path)
    text = "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return re.compile(text, re.IGNORECASE if any_case else 0)


def _by_path(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    paths: dict[str, list[Operation]] = {}
    for operation in operations:
        paths.setdefault(fold(operation.path), []).append(operation)
    return paths


def _resource(provider: Provider, operations: list[Operation]) -> Resource:
    methods: dict[str, tuple[Route, ...]] = {}
    names: dict[str, str] = {}
    for operation in operations:
        methods[operation.method] = (*methods.get(operation.method, ()), make_route(provider, operation))
        names.update({name.lower(): name for name in operation.fields} | {name: name for name in operation.fields})
    lists = frozenset(each.name for operation in operations for each in operation.fields.values() if each.many)
    return Resource(provider, methods, names, lists)
