"""thuesim (Vietnam): rents phone numbers, and shows the code that arrives at one."""

from __future__ import annotations

from mockserver.contract import Provider, Reading
from mockserver.providers.thuesim import wire
from mockserver.providers.thuesim.account import Account, new_account
from mockserver.providers.thuesim.allowances import KEYS, limits
from mockserver.providers.thuesim.events import EVENTS, ByHand
from mockserver.providers.thuesim.identity import CREDENTIAL_CHECKS, IDENTITY
from mockserver.providers.thuesim.operations import HANDLERS
from mockserver.providers.thuesim.phones import fold
from mockserver.providers.thuesim.services import MAGIC
from specs import Spec


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
