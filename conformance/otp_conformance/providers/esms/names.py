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
SENDS: Final = (*TRANSPORTS, GENCODE, GENCODE_V5, MULTI_CHANNEL)
PHONE: Final = "0901888484"
TEXT: Final = "686868 la ma xac minh dang ky Baotrixemay cua ban"
MESSAGE: Final = {"Phone": PHONE, "Content": TEXT, "SmsType": "2", "Brandname": "Baotrixemay"}
