"""A store of each kind, in which two lanes have begun."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from equipment.stores import BUDGET, LANE, OTHER, RING, STORES
from otp_sandbox.domain.store import Store


@pytest.fixture(params=STORES)
async def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Store]]]:
    """Make stores with bounds of their own."""
    made: list[Store] = []

    async def make(*, ring: int = RING, budget: int = BUDGET, **more: int) -> Store:
        store = STORES[request.param](tmp_path, ring=ring, budget=budget, **more)
        await store.open()
        made.append(store)
        for lane in (LANE, OTHER):
            await store.begin(lane)
        return store

    yield make
    for store in made:
        await store.close()


@pytest.fixture
async def store(new_store: Callable[..., Awaitable[Store]]) -> Store:
    return await new_store()
