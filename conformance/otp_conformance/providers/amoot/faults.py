"""How what the spec of Amoot says about wrong calls comes about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.providers.amoot.names import LABEL, NOBODYS, PATTERN, PHONE
from otp_conformance.providers.amoot.ready import CONTACT_MADE
from otp_conformance.rooms import Fault, Step

UNKNOWN: Final = "0123456789ABCDEF0123456789ABCDEF01234567"
"""A token of the right form that nobody has."""


def _own_user_name(amoot: Driver) -> str:
    return amoot.world.credentials["amoot"]["UserName"]


RELAY: Final = {"id": 7, "url": "http://127.0.0.1:9/relay"}
AT_RELAY: Final = {"URLAddress": "HTTP://127.0.0.1:9/Relay"}
FULL: Final = [{"id": number, "url": f"http://127.0.0.1:9/relay-{number}"} for number in range(1, 21)]


async def _black_list_bank(amoot: Driver) -> Mapping[str, Any]:
    """Put all numbers of a small bank on the black list, and give the bank."""
    await amoot.account(banks=[{"id": 5, "title": "Test", "count": 1}], black_list=[])
    sent = expect(await amoot.call("SendBankWithBackupLine", BankID="5"), "success").json["Data"]
    await amoot.account(black_list=[str(row["Mobile"]) for row in sent])
    return {"BankID": "5"}


_USER: Final = {"Token": None, "UserName": None, "Password": None}

_CONTACT: Final = (CONTACT_MADE,)
_CONTACT_FAULTS: Final = {
    "contact_group_id_invalid": Fault({"ContactGroupID": "-2"}),
    "first_name_or_last_name_empty": Fault({"FName": None, "LName": None}, choices={"amoot.contact-names": "one"}),
    "contact_too_long": Fault({"AddressText": "x" * 1001}),
}

FAULTS: Final = {
    "system_disabled": Fault(account={"system_disabled": True}),
    "credentials_missing": Fault({"Token": None}, by_stranger=True),
    "token_not_exists": Fault({"Token": UNKNOWN}, by_stranger=True),
    "token_invalid": Fault({"Token": "wrong"}, by_stranger=True),
    "user_name_empty": Fault({**_USER, "Password": "x"}, by_stranger=True),
    "password_empty": Fault({**_USER, "UserName": "nobody"}, by_stranger=True),
    "user_not_exists": Fault({**_USER, "UserName": "nobody", "Password": "x"}, by_stranger=True),
    "token_disabled": Fault(account={"token": {"active": False}}),
    "token_expired": Fault(account={"token": {"expires_at": "2001-01-01T00:00:00Z"}}),
    "token_not_allow_ip": Fault(account={"token": {"allowed_ips": ["192.0.2.1"]}}),
    "token_not_allow_method": Fault(account={"token": {"allowed_methods": []}}),
    "user_disabled": Fault(account={"user": {"disabled": True}}),
    "user_expired": Fault(account={"user": {"expired": True}}),
    "user_mobile_not_verified": Fault(account={"user": {"mobile_not_verified": True}}),
    "user_web_service_banned": Fault(account={"user": {"web_service_banned": True}}),
    "user_not_allow_web_service": Fault(account={"user": {"not_allow_web_service": True}}),
    "user_not_allow_ip": Fault(account={"user": {"allowed_ips": []}}),
    "user_not_allow_http": Fault(account={"user": {"not_allow_http": True}}),
    "user_not_allow_method": Fault(account={"user": {"allowed_methods": []}}),
    "from_date_time_is_after_than_to_date_time": Fault({"FromDateTime": "2025-10-22", "ToDateTime": "2025-10-21"}),
    "line_number_not_exist": Fault({"LineNumber": "30009999"}),
    "wrong_password": Fault({"Token": None, "UserName": _own_user_name, "Password": "wrong"}),
    # Sends
    "mobiles_empty": Fault({"Mobiles": ","}),
    "SendPeerToPeer mobiles_empty": Fault({"Input": "[]"}),  # as a text: an empty list in JSON is no field at all
    "texts_missing": Fault({"Input": [{"Number": PHONE, "MessageText": ""}]}),
    "mobile_black_listed": Fault(account={"black_list": [PHONE]}, choices={"amoot.black-list": "refused"}),
    "no_mobile_left": Fault({"Mobiles": "123"}),
    "SendPeerToPeer no_mobile_left": Fault({"Input": [{"Number": "123", "MessageText": "Test"}]}),
    "account_is_demo": Fault(account={"user": {"demo": True}}),
    "credit_not_enough": Fault(account={"credit": 0}),
    "backup_line_number_not_exist": Fault({"BackupLineNumber": "30009999"}),
    "bulk_id_invalid": Fault({"BankID": "9"}),
    "from_row_beyond": Fault({"FromRow": "15000"}),
    "SendBank no_mobile_left": Fault(
        {"Random": "false"}, before=(Step(_black_list_bank),), choices={"amoot.black-list": "refused"}
    ),
    # Codes
    "length_invalid": Fault({"CodeLength": "3"}),
    "length_exceeded": Fault({"CodeLength": "9"}),
    "optional_code_short": Fault({"OptionalCode": "123"}),
    "optional_code_long": Fault({"OptionalCode": "123456789"}),
    "no_otp_pattern": Fault(account={"patterns": []}),
    "code_not_numeric": Fault({"OptionalCode": "abcd"}),
    "organisation_undeclared": Fault(account={"user": {"organisation_undeclared": True}}),
    # Patterns
    "pattern_unknown": Fault({"PatternCodeID": "9"}),
    "pattern_not_approved": Fault(account={"patterns": [{"id": 1001, "text": PATTERN, "status": 0}]}),
    "values_wrong": Fault({"PatternValues": "4821,4822"}, choices={"amoot.pattern-values-count": "failed"}),
    "patterns_empty": Fault({"MessageText": "Test"}),
    "patterns_duplicate": Fault({"MessageText": "%code% %code%"}),
    "number_patterns_outside": Fault({"NumberPatterns": "other"}),
    "pattern_text_duplicate": Fault({"MessageText": PATTERN}),
    # Relays
    "RelayMessageDeliveryCreate url_address_duplicate": Fault(account={"delivery_relays": [RELAY]}, changes=AT_RELAY),
    "RelayRecieveMessageCreate url_address_duplicate": Fault(account={"receive_relays": [RELAY]}, changes=AT_RELAY),
    "RelayMessageDeliveryCreate relays_full": Fault(account={"delivery_relays": FULL}),
    "RelayRecieveMessageCreate relays_full": Fault(account={"receive_relays": FULL}),
    **{
        f"{kind}SetActive relay_unknown": Fault({f"{kind}ID": NOBODYS}, choices={"amoot.relay-unknown": "failed"})
        for kind in ("RelayMessageDelivery", "RelayRecieveMessage")
    },
    "relay_message_delivery_id_invalid": Fault(
        {"RelayMessageDeliveryID": NOBODYS}, choices={"amoot.relay-unknown": "id-invalid"}
    ),
    "relay_recieve_message_id_invalid": Fault(
        {"RelayRecieveMessageID": NOBODYS}, choices={"amoot.relay-unknown": "id-invalid"}
    ),
    # Reports
    "message_unknown": Fault({"MessageID": NOBODYS}),
    "message_not_found": Fault({"MessageID": NOBODYS}),
    "campaign_unknown": Fault({"CampaignID": NOBODYS}),
    # Contacts
    "contact_unknown": Fault({"ContactID": "9"}),
    **_CONTACT_FAULTS,
    **{f"ContactEdit {cause}": replace(fault, before=_CONTACT) for cause, fault in _CONTACT_FAULTS.items()},
    "ContactEdit mobile_missing": Fault({"Mobile": None}, before=_CONTACT),
    "ContactEdit mobile_invalid": Fault({"Mobile": "123"}, before=_CONTACT),
    "from_label_unknown": Fault({"FromLabel": "nobody's"}),
    "to_label_missing": Fault({"ToLabel": None}, before=_CONTACT),
    "label_same": Fault({"ToLabel": LABEL}, before=_CONTACT),
    "label_unusable": Fault({"ToLabel": "a,b"}, before=_CONTACT),
    # Courses and statistics
    "course_group_unknown": Fault({"CourseGroupID": "999"}),
    "course_unknown": Fault({"CourseID": "9"}),
    "from_date_is_after_than_to_date": Fault({"FromDate": "2025-10-22", "ToDate": "2025-10-21"}),
    "statistics_closed": Fault(),
}
MALFORMED: Final = {
    "mobile_invalid": "123",
    "input_invalid": "x",
    "pattern_invalid": "abc",
    "count_invalid": "abc",
    "message_id_invalid": "abc",
    "list_invalid": "600000001,abc",
    "campaign_invalid": "abc",
    "from_row_invalid": "-1",
    "address_invalid": "ftp://127.0.0.1/relay",
    "from_date_time_invalid": "x",
    "to_date_time_invalid": "x",
    "contact_id_invalid": "abc",
    "course_group_id_invalid": "abc",
    "course_type_malformed": "x",
    "course_time_malformed": "x",
    "course_id_invalid": "abc",
    "from_date_invalid": "x",
    "to_date_invalid": "x",
}
