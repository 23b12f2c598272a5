"""What a lane is asked about what has happened in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import below, given
from otp_sandbox.api.lane_facts import LONG, Questions
from otp_sandbox.api.shapes import Json

__tracebackhide__ = True  # pytest ends a traceback in the test that asked


class History(Questions):
    """Requests, callbacks, the lint, and all of it in a file."""

    async def callbacks(self, *, after: str | None = None, limit: int | None = None) -> shapes.Callbacks:
        """List callbacks with every attempt, newest last."""
        return await self._ask(shapes.Callbacks, "GET", "/callbacks", given(after=after, limit=limit))

    async def replay_callback(self, id: str) -> shapes.Callback:  # noqa: A002  (its name)
        """Send a callback again."""
        return await self._ask(shapes.Callback, "POST", f"/callbacks{below(id)}/replay", patience=LONG)

    async def requests(
        self,
        *,
        provider: str | None = None,
        operation: str | None = None,
        outcome: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> shapes.Requests:
        """List the requests that came, newest last."""
        query = given(provider=provider, operation=operation, outcome=outcome, after=after, limit=limit)
        return await self._ask(shapes.Requests, "GET", "/requests", query)

    async def clear_requests(self) -> None:
        """Forget all requests."""
        await self._asking.bytes("DELETE", self._path + "/requests")

    async def request(self, id: str) -> shapes.Explained:  # noqa: A002  (its name)
        """Get a request with its explanation, step by step."""
        return await self._ask(shapes.Explained, "GET", f"/requests{below(id)}")

    async def unmatched(self, *, after: str | None = None, limit: int | None = None) -> shapes.Requests:
        """List the requests that met no operation."""
        return await self._ask(shapes.Requests, "GET", "/requests/unmatched", given(after=after, limit=limit))

    async def lint(self, *, after: str | None = None, limit: int | None = None) -> shapes.Findings:
        """List what is wrong with the client."""
        return await self._ask(shapes.Findings, "GET", "/lint", given(after=after, limit=limit))

    async def har(self) -> Json:
        """Get the journal as HAR 1.2, secrets masked."""
        return await self._ask(Json, "GET", "/requests.har")

    async def snapshot(self) -> Json:
        """Get the whole lane, its credentials too."""
        return await self._ask(Json, "GET", "/snapshot")

    async def restore(self, snapshot: Json) -> shapes.LaneTold:
        """Put a snapshot in the place of all that is in the lane."""
        told = await self._ask(shapes.LaneTold, "PUT", "/snapshot", body=snapshot)
        self._known.back(each["key"] for each in snapshot["logs"].get("messages", ()))
        return told

    async def bundle(self) -> Json:
        """Get one file to play this run again, secrets masked."""
        return await self._ask(Json, "GET", "/bundle")

    async def save_bundle(self, path: Path | str) -> Path:
        """Write the bundle to a file, for `otp-sandbox replay`."""
        file = Path(path)
        file.write_text(json.dumps(await self.bundle()), "utf-8")  # noqa: ASYNC240  (at once, and seldom)
        return file

    async def events(self, *, kinds: Sequence[str] = (), after: str | None = None) -> AsyncIterator[shapes.Event]:
        """Give what happens as it happens, from now or from a cursor on, until the lane or the sandbox ends."""
        query = given(kinds=",".join(kinds) or None, after=after)
        async for event in self._asking.events(self._path + "/events", query):
            yield event
