"""Lanes without a server: a registry over a strict memory store, under a real time that a test sets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from equipment.strict import StrictStore
from otp_sandbox.contract import Provider
from otp_sandbox.domain.store import Store
from otp_sandbox.lanes.registry import Registry


@dataclass(slots=True)
class Real:
    """The real time, as far as the lanes know."""

    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell it."""
        return self.now

    def passes(self, length: timedelta) -> None:
        """Let it pass."""
        self.now += length


@pytest.fixture
def real() -> Real:
    return Real()


@pytest.fixture
def store() -> StrictStore:
    return StrictStore()


@pytest.fixture
def make_registry(
    store: StrictStore, providers: Mapping[str, Provider], real: Real
) -> Callable[..., Awaitable[Registry]]:
    """Make registries with other limits, over the same store if no other is given."""

    async def make(seed: int = 7, *, over: Store = store, **limits: Any) -> Registry:
        registry = Registry(over, providers, seed, real, **limits)
        await registry.open()
        return registry

    return make


@pytest.fixture
async def registry(make_registry: Callable[..., Awaitable[Registry]]) -> Registry:
    return await make_registry()
