"""What a life of a lane begins with: its accounts, and what it takes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Store
from otp_sandbox.lanes.lane import BEGINNING, Beginning
from otp_sandbox.lanes.tables import ORIGINS


async def give_accounts(store: Store, life: str, accounts: Mapping[str, Any]) -> None:
    """Give a life its accounts, now and as what a reset brings back."""
    writes = {(table, name): held for name, held in accounts.items() for table in (ORIGINS, ACCOUNTS)}
    await store.decide(life, lambda _: Change(None, dict(writes)))


async def origin_accounts(store: Store, life: str, providers: Iterable[str]) -> dict[str, Any]:
    """Give the accounts that a lane was made with."""
    return {name: await store.get(life, ORIGINS, name) for name in providers}


async def begin_as_made(store: Store, life: str, accounts: Mapping[str, Any]) -> None:
    """Let a life be as the lane was made; it has begun after the one before."""
    taken = await store.content(life, ())
    beginning = {BEGINNING: Beginning(taken.place, taken.counts)}
    await store.decide(life, lambda _: Change(None, dict(beginning)))
    await give_accounts(store, life, accounts)


async def load(store: Store, life: str, content: Content) -> None:
    """Put content into a new life. The numbers that it passes over were given to nothing in it: it begins later."""
    taken = (await store.content(life, ())).counts
    await store.load(life, content)
    passed = {name: more for name, last in taken.items() if (more := last - content.counts.get(name, 0)) > 0}
    if passed:
        began = await store.get(life, *BEGINNING) or Beginning(0, {})
        passed |= {name: number + passed.get(name, 0) for name, number in began.counts.items()}
        await store.decide(life, lambda _: Change(None, {BEGINNING: replace(began, counts=passed)}))
