"""What happens at Amoot when something falls due: a delivery report comes, and the relays are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from otp_sandbox.contract import EventContext, EventHandler
from otp_sandbox.domain.callbacks import call_back
from otp_sandbox.domain.messages import MESSAGES, Message, becomes_delivered
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.providers.amoot.account import KEY, Account
from otp_sandbox.providers.amoot.callbacks import delivery_callbacks


class Delivery:
    """A delivery report: by itself when the time has come, or one that somebody asked for."""

    def keys(self, event: Event) -> Sequence[Key]:
        """The message, and the account with its relays."""
        return ((MESSAGES, event.id), KEY)

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Report, and tell each relay."""
        change = becomes_delivered(event, state)
        if change.verdict:
            account = cast("Account", state.get(*KEY))
            if account.delivery_relays:
                message = cast("Message", change.writes[MESSAGES, event.id])
                for callback in delivery_callbacks(message, account, context):
                    call_back(change, callback, event.at)
        return change


EVENTS: Final[Mapping[str, EventHandler]] = {"delivery": Delivery()}
