"""The account of a lane at eSMS, and what it starts with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, ClassVar, Final, Literal

from otp_sandbox.domain.accounts import ACCOUNTS, Checked, Length, Money, Price, Within
from otp_sandbox.domain.callbacks import RETRIES_MOST, TIMEOUT_LEAST, TIMEOUT_MOST
from otp_sandbox.domain.record import record, replace
from otp_sandbox.domain.store import Key
from otp_sandbox.providers.esms.account_parts import REGISTERED, CallTemplate, ShortCode, SmsRegistration
from otp_sandbox.providers.esms.templates import check, code_in, fits
from otp_sandbox.providers.esms.zalo_account import (
    ACCOUNTS_MOST,
    FOLLOWERS_MOST,
    RATINGS_MOST,
    OfficialAccount,
    ZaloFollower,
    ZaloRating,
)
from otp_sandbox.providers.esms.zns_templates import ZnsParameter, ZnsTemplate, at_most

__all__ = [
    "KEY",
    "PROVIDER",
    "Account",
    "Brandname",
    "CallbackPolicy",
    "MultiChannelTemplate",
    "OfficialAccount",
    "ZnsTemplate",
    "new_account",
    "open_account",
]

PROVIDER: Final = "esms"
KEY: Key = (ACCOUNTS, PROVIDER)


@dataclass(frozen=True, slots=True)
class Brandname:
    """A registered sender name. `templates` None takes any text, `carriers` None knows all of them.

    Templates are written as the provider writes them, `{P1,8} la ma …` (see `templates`). `type` is what it may send: 1
    advertising, 2 customer care, 23 Viber.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("name", "type")

    name: str
    templates: tuple[Annotated[str, Checked(check)], ...] | None = None
    type: Literal[1, 2, 23] = 2
    carriers: tuple[str, ...] | None = None

    def takes(self, text: str) -> bool:
        """Whether a text goes through: compared whole, trimmed, case counting."""
        if self.templates is None:
            return True
        return fits(self.templates, text.strip())

    def code_in(self, text: str) -> str | None:
        """Give the code of a text that goes through, where a template says where it stands."""
        return code_in(self.templates, text.strip()) if self.templates is not None else None

    def reaches(self, carrier: str) -> bool:
        """Whether it is registered with a carrier."""
        return self.carriers is None or carrier in self.carriers


@dataclass(frozen=True, slots=True)
class MultiChannelTemplate:
    """What the provider registers for GENCODE V5: a Zalo template and the SMS that takes its place (with {OTP})."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    official_account: str
    zns_template: str
    brandname: str
    text: str


@dataclass(frozen=True, slots=True)
class CallbackPolicy:
    """How delivery callbacks are tried again. None: the provider's own figure, in the spec.

    `retry_answers` also tries again when the customer answers something other than 2xx.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    retries: Annotated[int, Within(0, RETRIES_MOST)] | None = None
    retry_after: Length | None = None
    timeout: Annotated[timedelta, Within(TIMEOUT_LEAST, TIMEOUT_MOST)] | None = None
    retry_answers: bool = False


@record
class Account:
    """Balance and price in dong; `price` None means that there is no price list.

    `brandnames`, `official_accounts`, `multi_channel_templates`, `call_templates` and `recordings` None mean that all
    are known. A text among `sms_registrations` that was registered is a template of its sender name. `without_zalo` are
    phones that Zalo does not reach, `blocked_phones` those that nothing is sent to; both in any spelling.
    `blocked_words` may not stand in a text. `followers` are the Zalo users of all Official Accounts, None knows any.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    balance: Money
    price: Price | None
    brandnames: tuple[Brandname, ...] | None
    blocked: bool = False
    allowed_ips: tuple[str, ...] | None = None
    callback_policy: CallbackPolicy = CallbackPolicy()
    official_accounts: Annotated[tuple[OfficialAccount, ...] | None, at_most(ACCOUNTS_MOST)] = ()
    multi_channel_templates: tuple[MultiChannelTemplate, ...] | None = ()
    without_zalo: tuple[str, ...] = ()
    blocked_phones: tuple[str, ...] = ()
    blocked_words: tuple[str, ...] = ()
    call_templates: tuple[CallTemplate, ...] | None = ()
    recordings: tuple[CallTemplate, ...] | None = ()
    sms_registrations: tuple[SmsRegistration, ...] = ()
    short_codes: tuple[ShortCode, ...] = ()
    followers: Annotated[tuple[ZaloFollower, ...] | None, at_most(FOLLOWERS_MOST)] = ()
    ratings: Annotated[tuple[ZaloRating, ...], at_most(RATINGS_MOST)] = ()

    def charged(self, amount: int) -> Account:
        """Give the account after an amount was taken off, which it has."""
        return Account(
            self.balance - amount,
            self.price,
            self.brandnames,
            self.blocked,
            self.allowed_ips,
            self.callback_policy,
            self.official_accounts,
            self.multi_channel_templates,
            self.without_zalo,
            self.blocked_phones,
            self.blocked_words,
            self.call_templates,
            self.recordings,
            self.sms_registrations,
            self.short_codes,
            self.followers,
            self.ratings,
        )

    def brandname(self, name: str, kind: Literal[1, 2, 23] = 2) -> Brandname | None:
        """Find a brandname registered for a type of message, customer care if none is named; its case counts."""
        if self.brandnames is None:
            return Brandname(name, type=kind) if name else None
        for each in self.brandnames:
            if each.name == name and each.type == kind:
                return self._with_registered(each) if self.sms_registrations else each
        return None

    def _with_registered(self, brandname: Brandname) -> Brandname:
        """Give a sender name with the texts that were registered for it."""
        if brandname.templates is None or brandname.type != 2:  # noqa: PLR2004  (customer care)
            return brandname
        found = (
            each for each in self.sms_registrations if (each.brandname, each.status) == (brandname.name, REGISTERED)
        )
        texts = tuple(each.template for each in found if each.sms_type == 2)  # noqa: PLR2004  (as above)
        return replace(brandname, templates=(*brandname.templates, *texts)) if texts else brandname

    def official_account(self, account_id: str) -> OfficialAccount | None:
        """Find a Zalo Official Account."""
        if self.official_accounts is None:
            return OfficialAccount(account_id, None, over_quota=True) if account_id else None
        return next((each for each in self.official_accounts if each.id == account_id), None)

    def follower(self, account_id: str, uid: str) -> ZaloFollower | None:
        """Find a user of an Official Account; where all are known, one of whom nothing else is."""
        if self.followers is None:
            return ZaloFollower(account_id, uid) if uid else None
        held = (each for each in self.followers if each.official_account == account_id)
        return next((each for each in held if each.uid == uid), None)

    def with_official_account(self, changed: OfficialAccount) -> Account:
        """Give the account with another state of one of its Official Accounts; where all are known nothing is kept."""
        if self.official_accounts is None:
            return self
        return replace(
            self, official_accounts=tuple(changed if each.id == changed.id else each for each in self.official_accounts)
        )

    def multi_channel_template(self, template_id: str) -> MultiChannelTemplate | None:
        """Find what was registered for GENCODE V5; where all are known, one like that of a new account."""
        if self.multi_channel_templates is None:
            (usual,) = new_account().multi_channel_templates or ()
            return replace(usual, id=template_id) if template_id else None
        return next((each for each in self.multi_channel_templates if each.id == template_id), None)


def open_account(account: Account) -> Account:
    """Give an account that knows every sender name, with any text, and everything of Zalo."""
    return replace(
        account,
        brandnames=None,
        official_accounts=None,
        multi_channel_templates=None,
        call_templates=None,
        recordings=None,
        followers=None,
    )


@cache
def new_account() -> Account:
    """Give the account that a lane starts with."""
    template = "{P1,8} la ma xac minh dang ky Baotrixemay cua ban"
    zns = ZnsTemplate(
        "205644",
        "Ma xac minh cua ban la <otp>. Khong chia se ma nay cho bat ky ai.",
        name="Xác nhận đăng ký dịch vụ",
        parameters=(ZnsParameter("otp", max_length=10),),
        tag="OTP",
        quality="UNDEFINED",
        preview_url="https://zns.oa.zalo.me/znspreview/SZk01CLsjXTYpn_B4agO0g==",
        reason="Template đã được duyệt",
        timeout_ms=15_000,
    )
    official_account = OfficialAccount("4097311281936189049", (zns,), name="SVoucher")
    return Account(
        balance=1_000_000,
        price=850,
        brandnames=(
            Brandname("Baotrixemay", (template,)),
            Brandname("Sandbox"),
            Brandname("QC_ONLINE", type=1),
            Brandname("BAT DONG SAN GIA TOT", type=23),
        ),
        official_accounts=(official_account,),
        multi_channel_templates=(
            MultiChannelTemplate(
                "22575",
                official_account.id,
                zns.id,
                "Baotrixemay",
                "{OTP} la ma xac minh dang ky Baotrixemay cua ban",
            ),
        ),
        call_templates=(CallTemplate("4201", "Xin chao <name>, ma xac minh cua ban la <otp>"),),
        recordings=(CallTemplate("5301", "Cam on quy khach da su dung dich vu cua chung toi"),),
        followers=(
            ZaloFollower(official_account.id, "7800378501923859642", phone="0901888484"),
            ZaloFollower(official_account.id, "4176617840488517388"),
            ZaloFollower(official_account.id, "7000997455428487634"),
            ZaloFollower(official_account.id, "5889364632581220929"),
        ),
    )
