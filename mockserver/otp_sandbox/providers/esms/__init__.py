"""eSMS (Vietnam): makes the code, sends it, and checks it."""

from __future__ import annotations

from otp_sandbox.contract import Provider, Reading
from otp_sandbox.providers.esms import wire
from otp_sandbox.providers.esms.account import Account, new_account
from otp_sandbox.providers.esms.events import EVENTS
from otp_sandbox.providers.esms.identity import CREDENTIAL_CHECKS, IDENTITY
from otp_sandbox.providers.esms.operations import HANDLERS
from otp_sandbox.providers.esms.phones import MAGIC, fold
from otp_specs import Spec


def provider(spec: Spec) -> Provider:
    """Offer eSMS under its spec."""
    return Provider(
        name="esms",
        title="eSMS",
        spec=spec,
        hosts=("rest.esms.vn",),
        prefixes=("/MainService.svc/",),
        handlers=HANDLERS,
        credential_checks=CREDENTIAL_CHECKS,
        identity=IDENTITY,
        reading=Reading(
            any_case_paths=True,
            any_case_fields=True,
            join_repeated=",",
            exact_fields_when=("parameter-names", "exact"),
        ),
        magic=MAGIC,
        account_type=Account,
        new_account=new_account,
        recipient_fields=("Phone",),
        fold=fold,
        render=wire.renderer(HANDLERS),
        unmatched=wire.unmatched,
        events=EVENTS,
    )
