"""A lane of a sandbox, as tests see it: everything that the control API has for one."""

from __future__ import annotations

from collections.abc import Mapping

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import given
from otp_sandbox.api.lane_history import History
from otp_sandbox.api.lane_messages import Messages
from otp_sandbox.api.shapes import Json

__tracebackhide__ = True  # pytest ends a traceback in the test that asked


class AsyncLane(Messages, History):
    """A lane: accounts, messages, codes, clock and journal of its own. Each method is a question to the sandbox."""

    async def open(self) -> shapes.LaneTold:
        """Get what is known of the lane: credentials, base URL, seed, choices."""
        self._known.told = told = await self._ask(shapes.LaneTold, "GET")
        return told

    async def change(
        self,
        *,
        clock: Json | None = None,
        choices: Mapping[str, str | None] | None = None,
        accounts: Mapping[str, Json] | None = None,
    ) -> shapes.LaneTold:
        """Change clock, choices or accounts at once."""
        return await self._ask(shapes.LaneTold, "PATCH", body=given(clock=clock, choices=choices, accounts=accounts))

    async def delete(self) -> None:
        """Delete the lane."""
        await self._asking.bytes("DELETE", self._path)

    async def reset(self, *what: shapes.What) -> shapes.LaneTold:
        """Bring the lane back to its creation; or the named parts of it."""
        told = await self._ask(shapes.LaneTold, "POST", "/reset", body={"what": list(what)} if what else {})
        self._known.back(None if what and "messages" not in what else ())
        return told
