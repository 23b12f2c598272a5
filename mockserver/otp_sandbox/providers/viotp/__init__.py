"""viotp (Vietnam): rents phone numbers, and shows the code that arrives at one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_sandbox.contract import Accounts, Inbound, Phones, Provider, Reading, Wire
from otp_sandbox.providers.viotp.account import PROVIDER, Account, new_account
from otp_sandbox.providers.viotp.identity import IDENTITY
from otp_sandbox.providers.viotp.operations import HANDLERS
from otp_sandbox.providers.viotp.phones import MAGIC
from otp_sandbox.providers.viotp.renting import RENTER
from otp_sandbox.providers.viotp.wire import render
from otp_sandbox.renting.arrivals import arrival_at, events_of
from otp_sandbox.renting.pages import write_refused, write_unmatched
from otp_sandbox.renting.phones import fold
from otp_specs import Spec

if TYPE_CHECKING:
    from otp_sandbox.contract.lint import Lint  # imported when somebody asks


def provider(spec: Spec) -> Provider:
    """Offer viotp under its spec."""
    return Provider(
        name=PROVIDER,
        title="viotp",
        spec=spec,
        hosts=("api.viotp.com",),
        prefixes=("/users/", "/networks/", "/service/", "/request/", "/session/"),
        reading=Reading(any_case_paths=True, any_case_fields=True, join_repeated=None),
        identity=IDENTITY,
        phones=Phones(fold, ("number",), MAGIC),
        accounts=Accounts(
            Account, new_account, lambda account, state, _: [RENTER.waiting_limit(account, state)], (RENTER.book,)
        ),
        wire=Wire(render, write_unmatched, write_refused),
        handlers=HANDLERS,
        events=events_of(RENTER),
        inbound=Inbound(arrival_at(RENTER), RENTER.rent_by_hand, (RENTER.key, RENTER.book)),
        lint=_lint,
    )


def _lint() -> Lint:
    from otp_sandbox.providers.viotp.lint import LINT  # noqa: PLC0415  (hardly ever asked for, and never at the start)

    return LINT
