"""thuesim (Vietnam): rents phone numbers, and shows the code that arrives at one."""

from __future__ import annotations

from otp_sandbox.contract import Provider, Reading
from otp_sandbox.providers.thuesim import wire
from otp_sandbox.providers.thuesim.account import Account, new_account
from otp_sandbox.providers.thuesim.allowances import KEYS, limits
from otp_sandbox.providers.thuesim.events import EVENTS, ByHand
from otp_sandbox.providers.thuesim.identity import CREDENTIAL_CHECKS, IDENTITY
from otp_sandbox.providers.thuesim.operations import HANDLERS
from otp_sandbox.providers.thuesim.phones import fold
from otp_sandbox.providers.thuesim.services import MAGIC
from otp_specs import Spec


def provider(spec: Spec) -> Provider:
    """Offer thuesim under its spec."""
    return Provider(
        name="thuesim",
        title="thuesim",
        spec=spec,
        hosts=("thuesim.com.vn",),
        prefixes=("/api/", "/audio/"),
        handlers=HANDLERS,
        credential_checks=CREDENTIAL_CHECKS,
        identity=IDENTITY,
        reading=Reading(any_case_paths=False, any_case_fields=False, join_repeated=None),
        magic=MAGIC,
        account_type=Account,
        new_account=new_account,
        recipient_fields=("phone",),
        fold=fold,
        render=wire.renderer(HANDLERS),
        unmatched=wire.unmatched,
        events=EVENTS,
        arrival=ByHand,
        limits=limits,
        limit_keys=KEYS,
    )
