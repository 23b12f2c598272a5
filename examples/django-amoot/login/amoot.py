"""What a login needs of Amoot SMS: a code, sent to a phone."""

import requests
from django.conf import settings


class Unavailable(Exception):
    """Amoot did not send it; the text is its status, or what went wrong on the way."""


def send_code(mobile: str) -> str:
    """Have a code sent, and give it. Amoot does not check codes: we must."""
    try:
        answer = requests.post(
            f"{settings.AMOOT_URL}/rest/SendOTP",
            headers={"Authorization": settings.AMOOT_TOKEN},
            data={
                "SendDateTime": "",
                "SMSMessageText": "کد ورود شما: %code%",
                "LineNumber": settings.AMOOT_LINE,
                "Mobile": mobile,
                "CodeLength": "5",
            },
            timeout=10,
        )
        answer.raise_for_status()
        told = answer.json()  # the HTTP status is 200 whatever happened
        if told["Status"] != "Success":
            raise Unavailable(told["Status"])
        return str(told["Data"]["Code"])
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise Unavailable(type(error).__name__) from error
