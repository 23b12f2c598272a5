"""The operations of eSMS that cases call by name, and what a good call of them says."""

from __future__ import annotations

from typing import Final

GENCODE: Final = "SendMessageAutoGenCode_V4_get"
CHECKCODE: Final = "CheckCodeGen_V4_get"
JSON_SEND: Final = "SendMultipleMessage_V4_post_json"
GET_SEND: Final = "SendMultipleMessage_V4_get"
FORM_SEND: Final = "SendMultipleMessage_V4_post"
XML_SEND: Final = "SendMultipleMessage_V4"
XML_TWIN: Final = "SendMultipleMessage_V4_xml"
XML_STATUS: Final = "GetSmsStatus"
VOICE_OTP: Final = "VoiceOTP"
TRANSPORTS: Final = (JSON_SEND, GET_SEND, FORM_SEND, XML_SEND)
GENCODE_V5: Final = "SendMessageAutoGenCode_V5"
MULTI_CHANNEL: Final = "MultiChannelMessage"
ADVERTISING: Final = "SendMultipleSMSBrandname_json"
XML_ADVERTISING: Final = "SendMultipleSMSBrandname"
VIBER: Final = "Send_Multiple_Sms_OTT"
SUMMARY: Final = "SummaryMultipleMessage_V4_get"
ADVERTISING_SUMMARY: Final = "SummaryMultipleSMSBrandname"
REGISTER: Final = "SubServicePreviewJson"
TEMPLATE_CALL: Final = "MakeCallTemplate_V2"
RECORD_CALL: Final = "MakeCallRecord_V2"
CALL_STATUS: Final = "GetSendStatus_voice"
SENDS: Final = (*TRANSPORTS, GENCODE, GENCODE_V5, MULTI_CHANNEL)
ZNS: Final = "SendZaloMessage_V6"
ZNS_TO_UID: Final = "SendZaloMessage_V6_zalo_uid"
ZNS_TO_HASH: Final = "SendZaloMessage_V6_hash_phone"
ZNS_LIST: Final = "SendZaloMessage_V5_post"
ZNS_IN_ORDER: Final = "SendZaloMessage_V4_post_json"
ALL_ZNS: Final = (ZNS, ZNS_TO_UID, ZNS_TO_HASH, ZNS_LIST, ZNS_IN_ORDER)
BULK: Final = "Send_zns_bulk_v4_post_json"
ZALO_SUMMARY: Final = "SummaryZaloMessage_V4_post_json"
CONSULT: Final = "SendZaloFollowerMessage_V4_post_json"
PAYLOAD: Final = "SendZaloFollowerMessage_V5_post_json"
BY_ZALO_ID: Final = "GetZaloMessageStatus"
BY_SMS_ID: Final = "QueryZnsStatus"
STORED: Final = "GetCallback"
OA: Final = "4097311281936189049"
ZNS_TEMPLATE: Final = "205644"
UID: Final = "7800378501923859642"
"""A user of the Official Account, whose phone is the one below."""
PHONE: Final = "0901888484"
TEXT: Final = "686868 la ma xac minh dang ky Baotrixemay cua ban"
MESSAGE: Final = {"Phone": PHONE, "Content": TEXT, "SmsType": "2", "Brandname": "Baotrixemay"}
ADVERT: Final = "Khuyen mai 20% cho moi don hang trong tuan nay"
PHONES: Final = (PHONE, *(f"09123456{number:02}" for number in range(29)))
"""As many as an advertising request needs."""
_ADVERT: Final = {"Content": ADVERT, "SmsType": "1", "Brandname": "QC_ONLINE"}
JSON_ADVERT: Final = {**_ADVERT, "Phones": list(PHONES)}
XML_ADVERT: Final = {**_ADVERT, "Phone": ",".join(PHONES)}


def many_phones(number: int) -> list[str]:
    """Give so many phones, the one of the samples first."""
    return [PHONE, *(f"0912{each:06}" for each in range(1, number))]
