"""Runs cases against a target, each in a world of its own, and keeps what came out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from otp_conformance.case import Case, Tier
from otp_conformance.codes import CodeChannel, NoChannel
from otp_conformance.driver import Driver
from otp_conformance.expect import Unexpected
from otp_conformance.grounds import evidence_of
from otp_conformance.results import Kind, Result
from otp_conformance.stops import CouldNotRun, NoAnswer, NotApplicable
from otp_conformance.target import Target, World

T = TypeVar("T")
SHAPE = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RuntimeError)
"""An answer has not the shape that a case reads: that is a word about the target, not about the case."""
GRACE = 3.0
"""Seconds for a case that is broken off to give its world back."""


class Suite:
    """A target with everything that is needed to run cases against it. Owns an event loop of its own.

    Args:
        target: what cases are run against.
        tier: the highest that is run.
        codes: how codes are read.
        former: results of a former run that are taken over, by case.
    """

    def __init__(
        self,
        target: Target,
        tier: Tier = Tier.WAITS,
        codes: CodeChannel | None = None,
        former: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.target = target
        self.tier = tier
        self.codes: CodeChannel = codes or NoChannel()
        self._former = former or {}
        self._silent: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()

    def await_(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the suite's loop. What is broken off gets some seconds to give back what it took."""
        task = self._loop.create_task(work)
        try:
            return self._loop.run_until_complete(task)
        except KeyboardInterrupt:
            task.cancel()
            self._loop.run_until_complete(asyncio.wait({task}, timeout=GRACE))
            if task.done() and not task.cancelled():
                task.exception()  # was looked at, so that asyncio says nothing of it
            raise

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the target's control API, outside of any lane.

        Raises:
            CouldNotRun: it does not answer, or refuses.
        """
        return self.await_(self.target.control(method, path, body))

    def discover(self) -> None:
        """Find out what the target lends. Where nobody answers, no case could be run.

        Raises:
            UsageError: it is asked in a way that cannot be.
        """
        try:
            self.await_(self.target.discover())
        except NoAnswer as failure:
            self._silent[self.target.url] = str(failure)

    @property
    def former(self) -> list[Result]:
        """The results of a former run that are taken over."""
        return [Result(**each) for each in self._former.values()]

    @property
    def silent(self) -> str:
        """Say that nobody answers, where that is so."""
        return self._silent.get(self.target.url, "")

    def close(self) -> None:
        """Cut the connections."""
        self.await_(self.target.http.close())
        self._loop.close()

    def not_applicable(self, each: Case) -> str | None:
        """Say why a case does not apply to the target, or None if it does."""
        if each.tier > self.tier:
            return f"tier {each.tier:d} is above {self.tier:d}"
        return self.target.terms.refuse(each) or self.target.lacks(each)

    def former_result(self, each: Case) -> Result | None:
        """Give the result of a former run that is taken over, if there is one; what it counts as is told anew."""
        held = self._former.get(each.id)
        if held is None:
            return None
        terms = self.target.terms
        now = {"level": terms.level_of(each), "tier": terms.tier_of(each)}
        return Result(**{**held, **now, "evidence": evidence_of(each.id, each.covers)})

    def run(self, each: Case, layer: str = "behaviour") -> Result:
        """Run a case and give its result."""
        terms = self.target.terms
        result = Result(
            id=each.id,
            provider=each.provider,
            family=each.family,
            layer=layer,
            rule=each.rule,
            level=terms.level_of(each),
            tier=terms.tier_of(each),
            sources=list(each.sources),
            covers=list(each.covers),
            evidence=evidence_of(each.id, each.covers),
            kind=Kind.PASSED,
            choices=dict(each.choices) if terms.judges_every_option else {},
        )
        former = self.former_result(each)
        if former is not None:
            return former
        reason = self.not_applicable(each)
        if reason is not None:
            result.kind, result.reason = Kind.NOT_APPLICABLE, reason
            return result
        silent = self._silent.get(self.target.base(each.provider))
        if silent is not None:
            result.kind, result.reason = Kind.COULD_NOT_RUN, silent
            return result
        self.await_(self._run(each, result))
        return result

    async def _run(self, each: Case, result: Result) -> None:
        try:
            world = await self.target.make_world(each.choices)
        except (CouldNotRun, NotApplicable) as stop:
            await self._note(result, stop)
            return
        driver = self.driver(each.provider, world, each.choices)
        try:
            try:
                await self._prepare(each, driver)
                await each.run(driver, *each.arguments)
            except BaseException:
                with suppress(CouldNotRun, NotApplicable):  # what the case found out is worth more
                    await self.target.release(world)
                raise
            await self.target.release(world)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is told whose fault it is)
            await self._note(result, error, driver)
        result.operations = list(dict.fromkeys(driver.operations))
        result.codes_read, result.clock_moves = driver.codes_read, driver.clock_moves
        result.reason = driver.mask(result.reason)
        if result.kind == Kind.FAILED:
            result.exchanges = [exchange.as_json() for exchange in driver.exchanges[-10:]]
            result.actual = driver.mask(result.actual)
            result.expected = [driver.mask(each) for each in result.expected]

    async def _note(self, result: Result, error: Exception, driver: Driver | None = None) -> None:
        """Say in a result what an error means."""
        result.kind, result.reason = Kind.COULD_NOT_RUN, str(error)
        if isinstance(error, NoAnswer):
            await self._look_again(self.target.base(result.provider))
        elif isinstance(error, NotApplicable):
            result.kind = Kind.NOT_APPLICABLE
        elif isinstance(error, Unexpected):
            result.kind, result.expected, result.actual = Kind.FAILED, error.expected, error.actual
        elif isinstance(error, SHAPE):
            result.kind = Kind.FAILED
            result.reason = f"the answer has another shape ({type(error).__name__}: {error})"
            result.expected = ["an answer of the documented shape"]
            if driver is not None and driver.exchanges:
                result.actual = driver.exchanges[-1].answer[:500]
        elif not isinstance(error, CouldNotRun):
            result.reason = f"the case broke ({type(error).__name__}: {error})"

    async def _look_again(self, address: str) -> None:
        """Look whether nobody answers any more: what follows is then not tried, one by one, in vain."""
        try:
            await self.target.http.look(address)
        except NoAnswer as failure:
            self._silent[address] = str(failure)

    async def _prepare(self, each: Case, driver: Driver) -> None:
        terms = self.target.terms
        terms.begin(each)
        rented = await self.codes.prepare(driver, rents=terms.rents(each))
        if rented:
            terms.allow(rented)

    def driver(self, provider: str, world: World, choices: Mapping[str, str]) -> Driver:
        """Make a driver for a world."""
        return Driver(provider, self.target, world, self.codes, {**self.target.choices, **choices})
