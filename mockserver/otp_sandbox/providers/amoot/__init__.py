"""Amoot SMS (Iran): makes the code, sends it, and hands it back."""

from __future__ import annotations

from otp_sandbox.contract import Provider, Reading
from otp_sandbox.providers.amoot import wire
from otp_sandbox.providers.amoot.account import Account, new_account
from otp_sandbox.providers.amoot.identity import CREDENTIAL_CHECKS, IDENTITY
from otp_sandbox.providers.amoot.operations import HANDLERS
from otp_sandbox.providers.amoot.phones import MAGIC, fold
from otp_specs import Spec


def provider(spec: Spec) -> Provider:
    """Offer Amoot SMS under its spec."""
    return Provider(
        name="amoot",
        title="Amoot SMS",
        spec=spec,
        hosts=("portal.amootsms.com",),
        prefixes=("/rest/",),
        handlers=HANDLERS,
        credential_checks=CREDENTIAL_CHECKS,
        identity=IDENTITY,
        reading=Reading(any_case_paths=True, any_case_fields=True, join_repeated=","),
        magic=MAGIC,
        account_type=Account,
        new_account=new_account,
        recipient_fields=("Mobile", "Mobiles"),
        fold=fold,
        render=wire.renderer(HANDLERS),
        unmatched=wire.unmatched,
        receives=lambda account, line: account.line(line),
    )
