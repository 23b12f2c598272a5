"""eSMS (Vietnam): makes the code, sends it, and checks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from otp_sandbox.contract import Accounts, EventContext, Inbound, Phones, Provider, Reading, Wire
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.providers.esms import short_codes, wire
from otp_sandbox.providers.esms.account import PROVIDER, Account, new_account, open_account
from otp_sandbox.providers.esms.checks import CHECKS
from otp_sandbox.providers.esms.details import Details
from otp_sandbox.providers.esms.events import EVENTS
from otp_sandbox.providers.esms.identity import IDENTITY
from otp_sandbox.providers.esms.operations import HANDLERS
from otp_sandbox.providers.esms.phones import MAGIC, fold, is_other_recipient
from otp_sandbox.providers.esms.reasons import REASONS
from otp_sandbox.providers.esms.registrations import tell_of_templates
from otp_sandbox.providers.esms.sms_registrations import tell_of_texts
from otp_specs import Spec

if TYPE_CHECKING:
    from otp_sandbox.contract.lint import Lint  # imported when somebody asks


def provider(spec: Spec) -> Provider:
    """Offer eSMS under its spec."""
    return Provider(
        name=PROVIDER,
        title="eSMS",
        spec=spec,
        hosts=("rest.esms.vn", "restapi.esms.vn", "api.esms.vn", "voiceapi.esms.vn", "status-sms.esms.vn"),
        prefixes=("/MainService.svc/", "/ZaloCallback/"),
        reading=Reading(
            any_case_paths=True,
            any_case_fields=True,
            join_repeated=",",
            exact_fields=lambda dialect: dialect.option("parameter-names") == "exact",
            percent_u=lambda dialect: dialect.option("percent-u") == "read",
        ),
        identity=IDENTITY,
        phones=Phones(fold, ("Phone", "Phones", "ZaloUid", "HashPhone", "User_id"), MAGIC, is_other_recipient),
        accounts=Accounts(Account, new_account, open=open_account, tell=_tell),
        wire=Wire(wire.render, wire.write_unmatched, wire.write_refused),
        handlers=HANDLERS,
        checks=CHECKS,
        reasons=REASONS,
        events=EVENTS,
        inbound=Inbound(receives=short_codes.receives, tell=short_codes.tell, tell_keys=short_codes.TELL_KEYS),
        details=Details,
        lint=_lint,
    )


def _tell(before: Account, after: Account, context: EventContext, now: datetime) -> Iterator[Callback]:
    yield from tell_of_texts(before, after, context, now)
    yield from tell_of_templates(before, after, context, now)


def _lint() -> Lint:
    from otp_sandbox.providers.esms.lint import LINT  # noqa: PLC0415  (hardly ever asked for, and never at the start)

    return LINT
