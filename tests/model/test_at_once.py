"""Whatever many clients do at once, it is as if they had done it one after another, over every store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from equipment.crowds import CROWDS, Crowd, overlap
from equipment.faulty import ChecksThenActs, CountsInTwoSteps, LosesUpdates, ReadsStale
from equipment.linearizability import NotLinearizable
from equipment.pausing import PausingStore
from equipment.replicas import ANY_STORE, Replicas
from equipment.stores import LIVES, STORES
from otp_sandbox.contract import Provider
from otp_sandbox.domain.store import Store
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web.routes import Routes

SIZES = [(1, 16, 8), (2, 50, 3), *((seed, 16 + seed % 35, 10) for seed in range(3, 3 + LIVES // 20))]
"""Seeds, clients, and calls of each client."""
PHONE = "0901888484"
OVERLAP = 8
"""As many calls are under way at once, at some time, as makes a history worth looking at."""


@pytest.fixture
async def over(providers: dict[str, Provider], routes: Routes) -> AsyncIterator[Callable[[Store], Awaitable[Replicas]]]:
    """Start sandboxes over a store."""
    started: list[Replicas] = []

    async def start(store: Store) -> Replicas:
        replicas = Replicas(store, providers, routes)
        started.append(replicas)
        await replicas.start()
        return replicas

    yield start
    for each in started:
        await each.stop()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("what", CROWDS)
@pytest.mark.parametrize("store", ANY_STORE)
async def test_some_order_explains_all_answers(
    over: Callable[[Store], Awaitable[Replicas]], tmp_path: Path, store: str, what: str, size: tuple[int, int, int]
) -> None:
    """Of clients with connections of their own, to all replicas that there are."""
    crowd = Crowd(await over(ANY_STORE[store](tmp_path)), *size)

    await CROWDS[what](crowd)

    assert what == "numbers" or overlap(crowd.history.calls) >= OVERLAP


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("faulty", "what"),
    [
        (ChecksThenActs, "codes"),
        (ChecksThenActs, "balances"),
        (ChecksThenActs, "rentals"),
        (LosesUpdates, "balances"),
        (ReadsStale, "balances"),
        (CountsInTwoSteps, "numbers"),
    ],
)
async def test_a_fault_of_a_store_is_found(
    over: Callable[[Store], Awaitable[Replicas]], faulty: Callable[[], MemoryStore], what: str, seed: int
) -> None:
    """By the same clients: no order explains what they were told."""
    crowd = Crowd(await over(faulty()), seed, clients=16, calls=12)

    with pytest.raises(NotLinearizable):
        await CROWDS[what](crowd)


async def test_a_check_that_began_before_the_end_and_is_decided_after_it_is_refused(
    over: Callable[[Store], Awaitable[Replicas]],
) -> None:
    """Where a store has to wait, a code may expire between the two."""
    store = PausingStore()
    crowd = Crowd(await over(store), seed=1, clients=2, calls=1)
    await crowd.begin()
    one, other = crowd.callers
    sent = await crowd.gencode(one, PHONE)
    code = (await crowd.control(one, "GET", f"/messages/{sent['SMSID']}")).json["code"]

    async def expires() -> None:
        await crowd.control(other, "POST", "/clock/advance", {"by": "10m"})

    store.meanwhile["decide"] = expires
    told = await crowd.check(one, PHONE, code)

    assert told["CodeResult"] == "117"
    (seen,) = (await crowd.control(one, "GET", "/codes")).json["codes"]
    assert seen["state"] == "expired"


@pytest.mark.parametrize("store", STORES)
async def test_a_code_that_has_expired_does_not_live_again_when_the_clock_is_set_back(
    over: Callable[[Store], Awaitable[Replicas]], tmp_path: Path, store: str
) -> None:
    """It is refused, and shown as what it is."""
    crowd = Crowd(await over(STORES[store](tmp_path)), seed=1, clients=1, calls=1)
    await crowd.begin()
    (one,) = crowd.callers
    sent = await crowd.gencode(one, PHONE)
    code = (await crowd.control(one, "GET", f"/messages/{sent['SMSID']}")).json["code"]
    begun = (await crowd.control(one, "GET", "/clock")).json["now"]
    await crowd.control(one, "POST", "/clock/advance", {"by": "10m"})

    await crowd.control(one, "PUT", "/clock", {"mode": "frozen", "now": begun})
    told = await crowd.check(one, PHONE, code)

    assert told["CodeResult"] == "117"
    (seen,) = (await crowd.control(one, "GET", "/codes")).json["codes"]
    assert seen["state"] == "expired"
