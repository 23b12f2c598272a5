"""Lanes without a server: a registry over a strict memory store, under a real time that a test sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from otp_sandbox.contract import Provider
from otp_sandbox.lanes.registry import Registry
from otp_sandbox.stores.memory import MemoryStore


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
def store() -> MemoryStore:
    return MemoryStore(strict=True)


@pytest.fixture
def make_registry(store: MemoryStore, providers: Mapping[str, Provider], real: Real) -> Callable[..., Registry]:
    """Make registries with other limits, over the same store."""

    def make(seed: int = 7, **limits: object) -> Registry:
        return Registry(store, providers, seed, real, **limits)  # type: ignore[arg-type]  # limits are passed on

    return make


@pytest.fixture
def registry(make_registry: Callable[..., Registry]) -> Registry:
    return make_registry()
