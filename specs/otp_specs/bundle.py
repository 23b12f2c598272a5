"""Puts a spec together: the root and the parts that it refers to become one document.

A `$ref` to another file is replaced by what stands there; one to a component that the root names becomes local.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from otp_specs.errors import SpecError
from otp_specs.refs import follow, holds_sample

SPLICED: Final = ("x-answers", "x-behaviours")
"""In these lists an entry that is itself a list, or a `$ref` to one, stands for its entries."""


class Place(NamedTuple):
    """A place in a file, as a JSON pointer; empty is the whole file."""

    file: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A spec in one document. `origins` tells where those places of it are written that are not in the root."""

    provider: str
    document: dict[str, Any]
    origins: Mapping[str, Place]

    def make_error(self, place: str, reason: str) -> SpecError:
        """Make the error that names the file in which a place of the document is written, and the place there."""
        head = place
        while head and head not in self.origins:
            head = head.rpartition("/")[0]
        file, pointer = self.origins.get(head, Place(f"{self.provider}.yaml", ""))
        return SpecError(file, f"{pointer}{place.removeprefix(head)}".removeprefix("/"), reason)


def make_bundle(provider: str, files: Mapping[str, bytes]) -> Bundle:
    """Parse the files of a provider and put them together.

    Raises:
        SpecError: a file is not YAML, a reference leads nowhere, or nothing refers to some part.
    """
    from otp_specs.yaml_text import parse  # noqa: PLC0415  (YAML is only needed for edited specs)

    bundler = _Bundler(provider, {name: parse(name, text) for name, text in files.items()})
    document = bundler.copy(bundler.root, "", bundler.files[bundler.root])
    bundler.require_use()
    return Bundle(provider, document, bundler.origins)


class _Bundler:
    """Copies from file to file. A `place` is always where something comes to stand in the document."""

    def __init__(self, provider: str, files: Mapping[str, dict[str, Any]]) -> None:
        self.provider = provider
        self.root = f"{provider}.yaml"
        self.files = files
        self.origins: dict[str, Place] = {}
        self.components = dict(self._list_components())
        self.followed: set[Place] = set()

    def fail(self, place: str, reason: str) -> SpecError:
        return Bundle(self.provider, {}, self.origins).make_error(place, reason)

    def _list_components(self) -> Iterator[tuple[Place, str]]:
        """Yield where the components of the root are written, when that is in a part, and what refers to them."""
        kinds = self.files[self.root].get("components")
        for kind, members in kinds.items() if isinstance(kinds, dict) else ():
            for name, member in members.items() if isinstance(members, dict) else ():
                if isinstance(member, dict) and isinstance(member.get("$ref"), str):
                    yield _find(self.root, member["$ref"]), f"#/components/{kind}/{name}"

    def copy(self, file: str, place: str, node: Any, passed: tuple[Place, ...] = ()) -> Any:
        """Copy what is written in a file; `passed` are the references on the way to it."""
        if isinstance(node, list):
            if place.endswith(SPLICED):
                return self._splice(Place(file, ""), place, node, passed, [])
            return [self.copy(file, f"{place}/{index}", each, passed) for index, each in enumerate(node)]
        if not isinstance(node, dict) or holds_sample(place):
            return node
        reference = node.get("$ref")
        if not isinstance(reference, str) or (file == self.root and reference.startswith("#")):
            return {key: self.copy(file, join(place, key), each, passed) for key, each in node.items()}
        target = _find(file, reference)
        local = f"#{target.pointer}" if target.file == self.root else self.components.get(target)
        if local not in {None, f"#/{place}"}:
            beside = {key: self.copy(file, f"{place}/{key}", each, passed) for key, each in node.items()}
            return beside | {"$ref": local}
        if len(node) > 1:
            raise self.fail(place, f"what stands beside $ref {reference} would be lost")
        found = self._follow(place, reference, target, passed)
        self.origins[place] = target
        return self.copy(target.file, place, found, (*passed, target))

    def _splice(
        self, source: Place, place: str, entries: list[Any], passed: tuple[Place, ...], copied: list[Any]
    ) -> list[Any]:
        """Copy the entries of a list to the end of `copied`."""
        for index, entry in enumerate(entries):
            reference = entry.get("$ref") if isinstance(entry, dict) else None
            if isinstance(entry, list):
                self._splice(source, place, entry, passed, copied)
            elif isinstance(reference, str):
                target = _find(source.file, reference)
                found = self._follow(place, reference, target, passed)
                if not isinstance(found, list):
                    raise self.fail(place, f"$ref {reference} leads to no list")
                self._splice(target, place, found, (*passed, target), copied)
            else:
                name = entry.get("id") if isinstance(entry, dict) else None
                if source.file != self.root:
                    origin = Place(source.file, f"{source.pointer}/{name or index}")
                    self.origins[join(place, name or len(copied))] = origin
                copied.append(self.copy(source.file, join(place, name or len(copied)), entry, passed))
        return copied

    def _follow(self, place: str, reference: str, target: Place, passed: tuple[Place, ...]) -> Any:
        self.followed.add(target)
        if target in passed:
            raise self.fail(place, f"$ref {reference} leads in a circle; name it among the components of the root")
        try:
            return follow(self.files[target.file], target.pointer)
        except (KeyError, TypeError) as error:
            raise self.fail(place, f"$ref {reference} leads nowhere") from error

    def require_use(self) -> None:
        """Stop at what is written in a part without being referred to."""
        for file, part in self.files.items():
            if file != self.root:
                self._require_use(Place(file, ""), part)

    def _require_use(self, place: Place, node: Any) -> None:
        if place in self.followed:
            return
        begins = f"{place.pointer}/"
        if not any(each.file == place.file and each.pointer.startswith(begins) for each in self.followed):
            raise SpecError(place.file, place.pointer.removeprefix("/") or "file", "nothing refers to it")
        for key, each in node.items():
            self._require_use(Place(place.file, f"{begins}{key.replace('~', '~0').replace('/', '~1')}"), each)


def _find(file: str, reference: str) -> Place:
    path, _, pointer = reference.partition("#")
    return Place(posixpath.normpath(posixpath.join(posixpath.dirname(file), path)) if path else file, pointer)


def join(place: str, key: object) -> str:
    """Name a place below a place."""
    return f"{place}/{key}" if place else str(key)
