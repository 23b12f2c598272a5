"""The derived mutants that no case finds: by the reason why they cannot be seen, or open.

An open one is a case that is missing. A pattern stands for all mutants that it fits: `make mutants` tells those of them
that a case finds, and those that live without standing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

OPEN: Final = "open"
LIVING: Final[Mapping[str, tuple[str, ...]]] = {
    "the row's own name is no cause here: only a magic value or a fault asks for it": (
        "amoot.*.server_error.as.*",
        "amoot.*.user_name_or_password_invalid.as.success",
        "amoot.*.failed.as.*",
        "amoot.*.mobile_empty.as.*",
        "amoot.*.line_number_empty.as.*",
        "amoot.*.backup_line_number_empty.as.*",
        "amoot.*.sms_message_text_empty.as.*",
        "amoot.SendBank.mobiles_invalid.as.*",
        "amoot.SendPeerToPeer.mobiles_invalid.as.*",
        "amoot.GetDeliveriesByCampaignID.bulk_id_invalid.as.*",
        "amoot.row.server_error.*",
        "amoot.ContactCreate.contact_id_invalid.as.*",
        "amoot.ContactChangeLabel.from_row_invalid.as.*",
        "amoot.Statistics.user_name_or_password_invalid.as.*",
        "esms.*.invalid_request.as.*",
        "esms.*.too_many_numbers.as.*",
        "esms.*.code_invalid.as.*",
        "esms.SendMessageAutoGenCode_V5.oa_or_template_missing.as.*",
        "esms.VoiceOTP.template_mismatch.as.*",
        "esms.SendMultipleSMSBrandname*.template_mismatch.as.*",
        "esms.Send_Multiple_Sms_OTT.template_mismatch.as.*",
        "esms.Summary*.template_mismatch.as.*",
        "esms.SummaryMultipleMessage_V4_get.authorize_failed_stop.as.*",
        "esms.SubServicePreviewJson.template_mismatch.as.*",
        "esms.MultiChannelMessage.data_invalid.as.*",
        "esms.MultiChannelMessage.zns_template_wrong.as.*",
        "esms.SendZaloMessage_*.zns_template_wrong.as.*",
        "esms.SummaryZaloMessage_V4_post_json.zns_template_wrong.as.*",
        "esms.Send_zns_bulk_v4_post_json.data_invalid.as.*",
        "esms.SendZaloFollowerMessage_*.payload_invalid.as.*",
        "esms.GetSendStatus.*_bare.as.*",
        "esms.*.authorize_failed_stop.as.*",
        "esms.GetSmsSentData_V2.period_invalid.as.*",
        "esms.GetSmsSentData_V2.message_not_found.as.*",
        "thuesim.*.error.as.*",
        "viotp.*.error.as.*",
    ),
    "a stranger is told one thing, so that only one of the two applies": (
        "amoot.*.swap.token_not_exists.token_invalid",
        "amoot.*.swap.token_invalid.user_name_empty",
        "amoot.*.swap.user_name_empty.password_empty",
        "amoot.*.swap.password_empty.user_not_exists",
        "amoot.*.swap.user_not_exists.token_disabled",
    ),
    "the choice says which of the two it is": ("amoot.Relay*SetActive.swap.failed.relay_*_id_invalid",),
    "a message by Zalo has no sender name, so that only one of the two applies": (
        "esms.SendMultipleMessage_V4_post*.swap.template_not_configured.brandname_unknown",
    ),
    "strangers are answered with the account of the lane `default`, which a run leaves as it is": (
        "amoot.*.swap.system_disabled.token_not_exists",
    ),
    "what is missing or malformed has nothing else that could be wrong with it": (
        "amoot.*.swap.mobile_empty.mobile_invalid",
        "amoot.Relay*Create.swap.url_address_empty.url_address_duplicate",
        "esms.SendMessage*.swap.phone_invalid.phone_blocked",
        "esms.SendMultipleMessage*.swap.phone_invalid.phone_blocked",
        "esms.SendZaloMessage*.swap.phone_invalid.phone_blocked",
        "esms.VoiceOTP.swap.phone_invalid.phone_blocked",
        "esms.M*.swap.phone_invalid.phone_blocked",
        "esms.SendZaloMessage_V6_hash_phone.swap.hash_phone_invalid.phone_blocked",
        "esms.SubServicePreviewJson.swap.template_mismatch.request_in_progress",
        "esms.RegisOAPackageJson.swap.data_invalid.request_in_progress",
        "thuesim.register_service.swap.error.service_unknown",
        "viotp.rent.swap.error.service_unknown",
    ),
    "a later check, or the action, refuses it with the same row": (
        "amoot.*.without.pattern_invalid",
        "amoot.GetMessage.without.message_id_*",
        "amoot.ContactEdit.without.contact_id_*",
        "amoot.ContactDelete.without.contact_id_*",
        "amoot.ContactChangeLabel.without.*_label_missing",
        "amoot.CourseCreate*.without.course_group_id_invalid",
        "amoot.CourseCreate*.without.course_group_missing",
        "amoot.CourseSetActive.without.course_id_*",
        "amoot.GetDeliveriesByCampaignID.without.campaign_invalid",
        "amoot.GetDeliveriesByCampaignID.without.campaign_missing",
        "esms.CheckCodeGen_V4_get.without.phone_*",
        "esms.CheckCodeGen_V4_get.without.code_missing",
        "esms.MakeCall*.without.template_missing",
        "esms.GetSendStatus_voice.without.ref_missing",
        "esms.SendMessageAutoGenCode_V4_get.without.message_missing",
        "thuesim.rephone.without.phone_*",
        "thuesim.rephone.without.rental_m*",
        "viotp.rent.without.number_malformed",
        "viotp.rent.without.number_unknown",
    ),
    "a list is read entry by entry, so that no list is malformed": (
        "amoot.SendSimple*.without.mobiles_invalid",
        "amoot.SendSimple*.mobiles_invalid.as.*",
        "amoot.SendWithBackupLine.without.mobiles_invalid",
        "amoot.SendWithBackupLine.mobiles_invalid.as.*",
        "amoot.CalculateMessagePrice.without.mobiles_invalid",
        "amoot.CalculateMessagePrice.mobiles_invalid.as.*",
    ),
    "an earlier check of the same row refuses it first": (
        "esms.S*.without.brandname_missing",
        "esms.MultiChannelMessage.without.brandname_missing",
    ),
    "no list is too long and too short": ("esms.Send*.swap.too_many_recipients.too_few_recipients",),
    "a list is of SMS templates or of Zalo's, so that only one of the two applies": (
        "esms.GetTemplate.swap.oa_inactive.brandname_unknown",
    ),
    "both rows have one code, and texts that are assumed": ("esms.GetRating.swap.from_time_invalid.to_time_invalid",),
    "a GET has no body that could be unreadable": (
        "esms.SendMultipleMessage_V4_get.without.body_unreadable",
        "esms.SendMultipleMessage_V4_get.body_unreadable.as.*",
        "esms.SendMultipleMessage_V4_get.swap.invalid_request.authorize_failed",
        "esms.SendMultipleMessage_V4_get.body.?error",
    ),
    "no answer has it, though the provider's tables do": (
        "esms.CheckCodeGen_V4_get.body.?Content",
        "thuesim.service.body.?status_code",
    ),
    "the answer of an unusable request, details of a Zalo template and a recording have no code of the table": (
        "esms.row.invalid_request*.code",
        "esms.row.period_invalid.code",
        "esms.row.zns_template_told.code",
        "thuesim.row.audio_*.code",
        "viotp.row.audio_*.code",
    ),
    "both rows have one code, and this answer shows no text": ("thuesim.service.service_listed.as.*",),
    "the number is only warned of": ("esms.policy.request_id_length_max*", "esms.policy.campaign_length_max*"),
    "it counts real seconds, for which no case waits": ("*.policy.callback_timeout_seconds*",),
    "it is out of service, and always tells the same": ("amoot.Statistics.stale",),
    "the carriers are always the same": ("thuesim.networks.stale", "viotp.networks.stale"),
    OPEN: (),
}


def reason_of(mutant: str) -> str:
    """Give the reason why a derived mutant lives, empty if it has to be found."""
    return next(
        (reason for reason, patterns in LIVING.items() if any(fnmatchcase(mutant, each) for each in patterns)), ""
    )
