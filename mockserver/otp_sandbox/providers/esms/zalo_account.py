"""What Zalo knows of an eSMS account: Official Accounts with their quota, followers, ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, Final, Literal

from otp_sandbox.domain.accounts import Within
from otp_sandbox.domain.record import replace
from otp_sandbox.providers.esms.phones import hash_phone
from otp_sandbox.providers.esms.zns_templates import (
    Count,
    Quality,
    ZnsTemplate,
    any_template,
    at_most,
    value_names,
)

ACCOUNTS_MOST: Final = 1_000
TEMPLATES_MOST: Final = 1_000
FOLLOWERS_MOST: Final = 10_000
RATINGS_MOST: Final = 10_000
"""Entries of a list at most, whoever adds to it."""


@dataclass(frozen=True, slots=True)
class OaPackage:
    """A package of an Official Account: 1 trial, 2 advanced, 3 premium; from a day on, for some months.

    `registration` is the number of the purchase, where a request made it.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    kind: Literal[1, 2, 3]
    active_from: date | None = None
    months: Count = 1
    status: Literal["approved", "pending", "rejected"] = "approved"
    registration: Count | None = None


@dataclass(frozen=True, slots=True)
class ZnsQuota:
    """How many ZNS an Official Account may send. `daily` None is no limit; `remaining` None is all of it.

    `day` is the Vietnamese day that `remaining` counts for; None: for any. On another day all of it is there again.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    daily: Count | None = None
    remaining: Count | None = None
    day: date | None = None
    daily_promotion: Count = 0
    remaining_promotion: Count = 0
    monthly_promotion: Count = 0
    remaining_monthly_promotion: Count = 0
    next_month_promotion: Count = 0

    def left(self, day: date) -> int | None:
        """Tell how many are left on a day; None is any number."""
        if self.daily is None:
            return None
        counts = self.remaining is not None and self.day in (None, day)
        return self.remaining if counts else self.daily

    def after_one(self, day: date) -> ZnsQuota:
        """Give it after one more was sent. It does not go below zero."""
        left = self.left(day)
        return self if left is None else replace(self, remaining=max(0, left - 1), day=day)


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """A Zalo Official Account of the customer; `over_quota` lets it send when its quota is used up.

    `templates` None has every template: it has a place for each value of the call.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    templates: Annotated[tuple[ZnsTemplate, ...] | None, at_most(TEMPLATES_MOST)] = ()
    active: bool = True
    over_quota: bool = False
    name: str = ""
    package: OaPackage | None = None
    quota: ZnsQuota = ZnsQuota()
    quality: Quality = "UNDEFINED"
    quality_7_days: Quality = "UNDEFINED"

    def template(self, template_id: str, values: int = 1) -> ZnsTemplate | None:
        """Find one of its templates; where it has every one, one that takes as many values."""
        if self.templates is None:
            return any_template(template_id, value_names(values))
        return next((each for each in self.templates if each.id == template_id), None)

    def with_template(self, template: ZnsTemplate) -> OfficialAccount:
        """Give it with a template more, or in another state; where it has every one nothing is kept."""
        if self.templates is None:
            return self
        held = {each.id: each for each in self.templates} | {template.id: template}
        return replace(self, templates=tuple(held.values())[-TEMPLATES_MOST:])

    def template_for(self, template_id: str, names: Sequence[str]) -> ZnsTemplate | None:
        """Find one of its templates; where it has every one, one with places of these names."""
        if self.templates is None:
            return any_template(template_id, names)
        return self.template(template_id)


@dataclass(frozen=True, slots=True)
class ZaloFollower:
    """A Zalo user whom an Official Account knows; `follows` is false of one who left.

    `phone` is empty where nobody knows it. `phone_hash` stands for one of which only the hash is known: SHA-256 of its
    `84…` form, 64 hexadecimal digits.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("official_account", "uid")

    official_account: str
    uid: str
    phone: str = ""
    phone_hash: str = ""
    name: str = ""
    follows: bool = True
    tags: tuple[str, ...] = ()
    last_interaction: datetime | None = None

    @property
    def known_hash(self) -> str:
        """The hash of the phone, empty where neither is known."""
        return self.phone_hash.lower() or (hash_phone(self.phone) or "")


@dataclass(frozen=True, slots=True)
class ZaloRating:
    """What a customer said of a message whose template asks for it. `tracking_id` is the RequestId of its send."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("official_account", "message_id")

    official_account: str
    template: str
    message_id: str
    rate: Annotated[int, Within(1, 5)]
    submitted_at: datetime
    note: str = ""
    feedbacks: tuple[str, ...] = ()
    tracking_id: str = ""
