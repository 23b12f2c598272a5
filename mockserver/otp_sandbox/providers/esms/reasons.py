"""Why eSMS refused a call: what was sent, what is registered, and what would let it pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, time, timedelta
from typing import Any, Final

from otp_sandbox.contract import Call, Reason, Why, added, listed, shown
from otp_sandbox.domain import vietnam
from otp_sandbox.domain.accounts import without
from otp_sandbox.domain.code_in_text import find_code
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms import sending
from otp_sandbox.providers.esms.account import Brandname, new_account
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.details import ADVERTISING, CUSTOMER_CARE, VIBER
from otp_sandbox.providers.esms.phones import fold
from otp_sandbox.providers.esms.prices import Cost
from otp_sandbox.providers.esms.templates import check

Sent = Callable[[Call], str]
"""Gives what a call sends under some name."""


_USES: Final = {ADVERTISING: "advertising", CUSTOMER_CARE: "customer care", VIBER: "Viber"}


def _registered(call: Call, kind: int = CUSTOMER_CARE) -> str:
    return listed(each.name for each in call.account.brandnames or () if each.type == kind)


def brandname_missing(kind_of: Callable[[Call], int] = lambda _: CUSTOMER_CARE) -> Reason:
    """Explain a sender name that is not there."""
    return lambda call, _: Why(f"Brandname is missing; registered are {_registered(call, kind_of(call))}")


def brandname_unknown(name_of: Sent, kind_of: Callable[[Call], int] = lambda _: CUSTOMER_CARE) -> Reason:
    """Explain an unknown sender name."""

    def explain(call: Call, _: State) -> Why:
        name, kind = name_of(call), kind_of(call)
        text = f"Brandname {shown(name)} is not registered for {_USES[kind]}; registered are {_registered(call, kind)}"
        return Why(text, added("brandnames", {"name": name} if kind == CUSTOMER_CARE else {"name": name, "type": kind}))

    return explain


def template_mismatch(name_of: Sent, text_of: Sent) -> Reason:
    """Explain a text that fits no template; registered would be the text with a place for its code."""

    def explain(call: Call, _: State) -> Why:
        brandname, text = call.account.brandname(name_of(call)), text_of(call)
        told = f"{shown(text)} fits no template of {brandname.name}; registered are {listed(brandname.templates or ())}"
        return Why(told, added("brandnames", _members(brandname, templates=_with_template(brandname, text))))

    return explain


def _with_template(brandname: Brandname, text: str) -> list[str] | None:
    template, code = text.strip(), find_code(text)
    if "{OTP}" not in template and code is not None:
        template = template.replace(code, "{OTP}")
    try:
        return [*(brandname.templates or ()), check(template)]
    except ValueError:  # braces of its own: then any text has to do
        return None


def _members(brandname: Brandname, **changes: Any) -> Mapping[str, Any]:
    held = {
        "name": brandname.name,
        "templates": brandname.templates,
        "type": brandname.type,
        "carriers": brandname.carriers,
    }
    return {**held, **changes}


def carrier_not_registered(name_of: Sent) -> Reason:
    """Explain a sender name that the phone's carrier does not know."""

    def explain(call: Call, _: State) -> Why:
        brandname, carrier = call.account.brandname(name_of(call)), carrier_of(call.values["Phone"]).name
        known = brandname.carriers or ()
        text = f"the phone is {carrier}'s; {brandname.name} is registered with {listed(known)}"
        return Why(text, added("brandnames", _members(brandname, carriers=[*known, carrier])))

    return explain


def keyword_blocked(text_of: Sent) -> Reason:
    """Explain a blocked word."""

    def explain(call: Call, _: State) -> Why:
        text, words = text_of(call).casefold(), call.account.blocked_words

        def stands(word: str) -> bool:
            return bool(word.strip()) and word.casefold() in text

        told = listed(word for word in words if stands(word))
        return Why(f"the text holds {told}, of blocked_words", {"blocked_words": without(words, stands)})

    return explain


def _phone_blocked(call: Call, _: State) -> Why:
    def is_phone(text: str) -> bool:
        return bool(fold(text) == call.values["Phone"])

    left = without(call.account.blocked_phones, is_phone)
    return Why(f"{shown(call.text('Phone'))} stands in blocked_phones", {"blocked_phones": left})


def _ip_not_allowed(call: Call, _: State) -> Why:
    allowed = listed(call.account.allowed_ips)
    return Why(f"the caller is {call.remote}; allowed_ips are {allowed}", added("allowed_ips", call.remote))


def _not_enough_balance(call: Call, _: State) -> Why:
    balance, price = call.account.balance, call.account.price
    return Why(f"the balance is {balance}, the price {price}", {"balance": price})


def not_enough_balance(cost_of: Callable[[Call, State], Cost]) -> Reason:
    """Explain a balance that is lower than what a text costs."""

    def explain(call: Call, state: State) -> Why:
        price, told = cost_of(call, state)
        return Why(f"the balance is {call.account.balance}, {told}", {"balance": price})

    return explain


def _oa_unknown(oa_of: Sent) -> Reason:
    def explain(call: Call, _: State) -> Why:
        registered = listed(each.id for each in call.account.official_accounts)
        oa = oa_of(call)
        return Why(f"OAID {shown(oa)} is none of {registered}", added("official_accounts", {"id": oa}))

    return explain


def _oa_inactive(oa_of: Sent) -> Reason:
    def explain(call: Call, _: State) -> Why:
        return Why(f"OAID {shown(oa_of(call))} is not active", _oa_with(call, oa_of(call), active=True))

    return explain


def _oa_with(call: Call, oa: str, **changes: Any) -> Mapping[str, Any]:
    held = call.account.official_account(oa)
    return added("official_accounts", {each.name: getattr(held, each.name) for each in fields(held)} | changes)


def over_quota_not_allowed(oa_of: Sent) -> Reason:
    """Explain an Official Account that may not send over its quota."""
    return lambda call, _: Why(
        f"OAID {shown(oa_of(call))} may not send over its quota", _oa_with(call, oa_of(call), over_quota=True)
    )


def zns_template_unknown(oa_of: Sent, template_of: Sent) -> Reason:
    """Explain a Zalo template that the Official Account does not have."""

    def explain(call: Call, _: State) -> Why:
        oa, template = call.account.official_account(oa_of(call)), template_of(call)
        held = oa.template(template)
        if held is not None:
            others = [each for each in oa.templates if each.id != template]
            approved = _oa_with(call, oa.id, templates=[*others, replace(held, status="approved")])
            return Why(f"TempID {shown(template)} is {held.status}", approved)
        text = f"TempID {shown(template)} is none of {oa.id}, which has {listed(each.id for each in oa.templates)}"
        return Why(text, _oa_with(call, oa.id, templates=[*oa.templates, {"id": template, "text": "<otp>"}]))

    return explain


def _template_not_configured(call: Call, _: State) -> Why:
    """Explain an id of GENCODE V5 that nothing is registered under."""
    pairs, asked = call.account.multi_channel_templates, call.text("MultiChannelTempId").strip()
    text = f"MultiChannelTempId {shown(asked)} is none of {listed(each.id for each in pairs)}"
    first = next(iter((*pairs, *(new_account().multi_channel_templates or ()))))
    pair = {
        "id": asked,
        "official_account": first.official_account,
        "zns_template": first.zns_template,
        "brandname": first.brandname,
        "text": first.text,
    }
    return Why(text, added("multi_channel_templates", pair))


def of_zalo(oa_of: Sent) -> Mapping[str, Reason]:
    """Explain what is wrong with an Official Account."""
    return {"oa_unknown": _oa_unknown(oa_of), "oa_inactive": _oa_inactive(oa_of)}


def of_text(name_of: Sent, text_of: Sent) -> Mapping[str, Reason]:
    """Explain what is wrong with a sender name and its text."""
    return {
        "brandname_unknown": brandname_unknown(name_of),
        "template_mismatch": template_mismatch(name_of, text_of),
        "keyword_blocked": keyword_blocked(text_of),
        "carrier_not_registered": carrier_not_registered(name_of),
    }


def duplicate_request(ids_of: Callable[[Call], tuple[str, ...]]) -> Reason:
    """Explain a used RequestId: since when, and until when."""

    def explain(call: Call, state: State) -> Why:
        earlier = sending.used_before(call, state, ids_of(call))
        if earlier is None:
            return Why("the RequestId was used before")
        ids = " or ".join(map(shown, ids_of(call)))
        return Why(f"RequestId {ids} was used at {earlier.at}; it is free again at {_free_at(call, earlier.at)}")

    return explain


def _free_at(call: Call, used: datetime) -> datetime:
    if call.dialect.option("request-id-window") == "calendar-day":
        day = used.astimezone(vietnam.TIME).date() + timedelta(days=1)
        return datetime.combine(day, time(), vietnam.TIME)
    return used + timedelta(hours=call.dialect.policy("request_id_hours"))


REASONS: Final[Mapping[str, Reason]] = {
    "brandname_missing": brandname_missing(),
    "brandname_unknown": brandname_unknown(lambda call: call.text("Brandname")),
    "account_locked": lambda *_: Why("the account is blocked", {"blocked": False}),
    "ip_not_allowed": _ip_not_allowed,
    "phone_blocked": _phone_blocked,
    "no_price_list": lambda *_: Why("the account has no price", {"price": new_account().price}),
    "not_enough_balance": _not_enough_balance,
    "placeholder_missing": lambda call, _: Why(
        f"message {shown(call.text('message'))} has no {{OTP}}, where the code goes; case counts"
    ),
    "message_missing": lambda *_: Why("message is missing, or its name is not written in small letters"),
    "content_missing": lambda *_: Why("Content is missing"),
    "template_not_configured": _template_not_configured,
}
