"""Viber: a text, an image, or a text with a button, to one phone or several (`esms.viber`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from otp_sandbox.contract import Call, Check, Reason
from otp_sandbox.providers.esms.bulk import Bulk, why_wrong, wrong_phone
from otp_sandbox.providers.esms.details import VIBER
from otp_sandbox.providers.esms.recipients import read_recipients


class SendViber(Bulk):
    """`Send_Multiple_Sms_OTT`."""

    operations = ("Send_Multiple_Sms_OTT",)
    readers = MappingProxyType(
        {"Phones": read_recipients, "SmsType": lambda text: VIBER if text.strip() == "23" else None}
    )
    kind = 23
    channel = "viber"
    tries = ("IsSandBox",)

    def checks(self) -> Mapping[str, Check]:
        """Every entry of the list must be a phone, and there must be a text or an image."""
        return {
            **super().checks(),
            "phones_invalid": lambda call, _: wrong_phone(call),
            "content_missing": lambda call, _: not self.text(call),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Name the entry that is no phone."""
        return {**super().reasons(), "phones_invalid": why_wrong}

    def text(self, call: Call) -> str:
        """Give the text, or the address of the image that stands alone."""
        return call.text("Content") or call.text("OttImgUrl")
