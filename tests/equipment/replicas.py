"""Sandboxes over one store: several where processes can share it, else one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from equipment.caller import Caller
from equipment.pausing import PausingStore
from equipment.shared_memory import SharedMemoryStore
from equipment.stores import STORES, again, made
from otp_sandbox.app import Sandbox, build
from otp_sandbox.contract import Provider
from otp_sandbox.domain.store import Store
from otp_sandbox.settings import Settings
from otp_sandbox.web.routes import Routes

MOST: Final = 2
"""Sandboxes over one store that is shared."""


def _shared_memory(_: object) -> Store:
    store = SharedMemoryStore()
    return made(lambda: store)


ANY_STORE: Final[Mapping[str, Callable[..., Store]]] = {
    **STORES,
    "memory, with pauses": lambda _: made(PausingStore),
    "memory, shared": _shared_memory,
}
"""All stores, and two that have to wait, which is where calls meet; the last is shared."""


class Replicas:
    """What plays one sandbox.

    Args:
        store: the first one's; it has not been opened.
        providers: what is played.
        routes: theirs.
    """

    def __init__(self, store: Store, providers: Mapping[str, Provider], routes: Routes) -> None:
        """Start nothing yet."""
        self.store = store
        self._providers = providers
        self._routes = routes
        self.sandboxes: list[Sandbox] = []
        self._callers: list[Caller] = []

    async def start(self) -> None:
        """Start all of them."""
        others = [again(self.store) for _ in range(MOST - 1)] if self.store.shared else []
        for store in (self.store, *others):
            sandbox = build(Settings(port=0, seed=7), providers=self._providers, routes=self._routes, store=store)
            await sandbox.start()
            self.sandboxes.append(sandbox)

    def caller(self, number: int) -> Caller:
        """Make a client of one of them; it is closed with them."""
        caller = Caller(self.sandboxes[number % len(self.sandboxes)].server.url)
        self._callers.append(caller)
        return caller

    async def stop(self) -> None:
        """Stop all of them."""
        for caller in self._callers:
            await caller.close()
        for sandbox in self.sandboxes:
            await sandbox.stop()
        self._callers.clear()
        self.sandboxes.clear()

    async def restart(self) -> None:
        """Stop all of them, and start as many over what the store has kept. If that fails, none is there."""
        await self.stop()
        self.store = again(self.store)
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
