"""An application: it sends codes as a customer of the provider does."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

_OPENER = build_opener(ProxyHandler({}))


def send_code(lane: Any, phone: str, **more: str) -> dict[str, Any]:
    """Have eSMS make a code and send it."""
    fields = {
        "ApiKey": lane.esms.api_key,
        "SecretKey": lane.esms.secret_key,
        "Phone": phone,
        "Brandname": "Sandbox",
        "Type": "2",
        "message": "{OTP} is your code",
        **more,
    }
    return ask(lane, "/MainService.svc/json/SendMessageAutoGenCode_V4_get", fields)


def ask(lane: Any, path: str, fields: dict[str, str]) -> dict[str, Any]:
    """Send a GET to a provider."""
    with _OPENER.open(f"{lane.base_url}{path}?{urlencode(fields)}", timeout=10) as answer:
        read: dict[str, Any] = json.load(answer)
        return read
