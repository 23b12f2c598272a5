"""Which lane a credential belongs to, or a mark that is made of a lane's seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from otp_sandbox.contract import Credentials, Provider
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.secrets import Secrets


class Owners:
    """An index of the lanes that there are.

    Args:
        providers: say which credentials find a lane, and what marks it.
        secrets: are told of all credentials.
    """

    def __init__(self, providers: Mapping[str, Provider], secrets: Secrets) -> None:
        self._providers = providers
        self._secrets = secrets
        self._owners: dict[tuple[str, str], Lane] = {}
        self._marked: dict[tuple[str, str], dict[str, Lane]] = {}

    def locate(self, provider: str, candidates: Iterable[str]) -> Lane | None:
        """Find the lane that one of these credentials belongs to."""
        for candidate in candidates:
            lane = self._owners.get((provider, candidate))
            if lane is not None:
                return lane
        return None

    def marked(self, provider: str, mark: str) -> list[Lane]:
        """Find the lanes that a mark belongs to: those with the same seed have the same."""
        return list(self._marked.get((provider, mark), {}).values())

    def add(self, lane: Lane) -> None:
        """Know a lane."""
        for each in owned(self._providers, lane.credentials):
            self._owners[each] = lane
        self._mark(lane)
        for value in _values(lane.credentials):
            self._secrets.add(value)

    def discard(self, lane: Lane) -> None:
        """Forget a lane."""
        for each in owned(self._providers, lane.credentials):
            if self._owners.get(each) is lane:  # else another one has it by now
                del self._owners[each]
        self._unmark(lane, lane.seed)
        for value in _values(lane.credentials):
            self._secrets.discard(value)

    def mark_anew(self, lane: Lane, seed: int) -> None:
        """Know a lane by its seed, where it had another one."""
        if seed != lane.seed:
            self._unmark(lane, seed)
            self._mark(lane)

    def _mark(self, lane: Lane) -> None:
        for mark in self._marks(lane.seed):
            self._marked.setdefault(mark, {})[lane.id] = lane

    def _unmark(self, lane: Lane, seed: int) -> None:
        for mark in self._marks(seed):
            held = self._marked.get(mark, {})
            held.pop(lane.id, None)
            if not held:
                self._marked.pop(mark, None)

    def _marks(self, seed: int) -> Iterator[tuple[str, str]]:
        for name, provider in self._providers.items():
            if provider.identity.mark_of is not None:
                yield name, provider.identity.mark_of(seed)


def owned(providers: Mapping[str, Provider], credentials: Mapping[str, Credentials]) -> Iterable[tuple[str, str]]:
    """Give the credentials that find a lane alone, each with its provider."""
    for name, held in credentials.items():
        for locator in providers[name].identity.locators:
            if held.get(locator):
                yield name, held[locator]


def _values(credentials: Mapping[str, Credentials]) -> list[str]:
    return [value for each in credentials.values() for value in each.values()]
