"""What the operations about a single message share: they find it by its number, or tell that there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import statuses
from otp_sandbox.providers.amoot.deliveries import key_of, message_id, own_message
from otp_specs import Outcome


class OneMessage(Handler):
    """An operation with a MessageID. `unknown` is the cause when nobody has it, or somebody else."""

    readers = {"MessageID": message_id}  # noqa: RUF012  (a mapping that nobody writes)
    unknown: ClassVar[str]

    def checks(self) -> Mapping[str, Check]:
        """Only own messages can be asked for."""
        return {self.unknown: lambda call, state: own_message(state, call.values["MessageID"]) is None}

    def keys(self, call: Call) -> Sequence[Key]:
        """The message that a readable number names."""
        wanted = call.values["MessageID"]
        return () if wanted is MISSING or wanted is None else (key_of(wanted),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Find it."""
        return Change(Verdict("success", {"message": own_message(state, call.values["MessageID"])}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write what is told of it, or null."""
        message = cast("Message | None", facts.get("message"))
        data = self.told(call, message) if message is not None else None
        return {"Status": statuses.written(call, row), "Data": data}

    def told(self, call: Call, message: Message) -> Mapping[str, Any]:
        """Give what is told of a message."""
        raise NotImplementedError
