"""Amoot SMS (Iran): makes the code, sends it, and hands it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_sandbox.contract import Accounts, Inbound, Phones, Provider, Reading, Wire
from otp_sandbox.providers.amoot import wire
from otp_sandbox.providers.amoot.account import KEY, PROVIDER, Account, new_account, open_account
from otp_sandbox.providers.amoot.callbacks import incoming_callbacks
from otp_sandbox.providers.amoot.checks import CHECKS
from otp_sandbox.providers.amoot.course_events import COURSE_EVENTS
from otp_sandbox.providers.amoot.details import Details
from otp_sandbox.providers.amoot.events import EVENTS
from otp_sandbox.providers.amoot.identity import IDENTITY
from otp_sandbox.providers.amoot.operations import HANDLERS
from otp_sandbox.providers.amoot.phones import MAGIC, fold
from otp_sandbox.providers.amoot.reasons import REASONS
from otp_sandbox.providers.amoot.unplayed import UNPLAYED
from otp_specs import Spec

if TYPE_CHECKING:
    from otp_sandbox.contract.lint import Lint  # imported when somebody asks


def provider(spec: Spec) -> Provider:
    """Offer Amoot SMS under its spec."""
    return Provider(
        name=PROVIDER,
        title="Amoot SMS",
        spec=spec,
        hosts=("portal.amootsms.com",),
        prefixes=("/rest/", "/webservice2.asmx/"),
        reading=Reading(
            any_case_paths=True,
            any_case_fields=True,
            join_repeated=",",
            percent_u=lambda dialect: dialect.option("percent-u") == "read",
        ),
        identity=IDENTITY,
        phones=Phones(fold, ("Mobile", "Mobiles"), MAGIC),
        accounts=Accounts(Account, new_account, open=open_account),
        wire=Wire(wire.render, wire.write_unmatched, wire.write_refused),
        handlers=HANDLERS,
        checks=CHECKS,
        reasons=REASONS,
        events={**COURSE_EVENTS, **EVENTS},
        inbound=Inbound(receives=lambda account, line: account.line(line), tell=incoming_callbacks, tell_keys=(KEY,)),
        details=Details,
        unplayed=UNPLAYED,
        lint=_lint,
    )


def _lint() -> Lint:
    from otp_sandbox.providers.amoot.lint import LINT  # noqa: PLC0415  (hardly ever asked for, and never at the start)

    return LINT
