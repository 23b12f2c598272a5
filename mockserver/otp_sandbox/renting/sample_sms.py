"""Invents the SMS that a rented number gets when nobody sends one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from faker import Faker

_TEXTS: Final = (
    "{code} la ma xac thuc {service} cua ban. Tuyet doi KHONG chia se ma nay voi bat ky ai.",
    "[{service}] Ma xac minh cua ban la {code}, co hieu luc trong 5 phut.",
    "{service}: Xin chao {name}, ma OTP dang ky tai khoan cua ban la {code}. Vui long khong chia se cho bat ky ai.",
    "[{company}] Ma kich hoat tai khoan {service}: {code}. Khong cung cap ma nay cho nguoi khac.",
    "Su dung {code} de xac nhan tai khoan {service} cua {name}.",
)


def invented_sms(service: str, code: str, number: int) -> str:
    """Write a plausible SMS with a code; the same number gives the same text."""
    fake = _faker()
    fake.seed_instance(number)
    template = _TEXTS[number % len(_TEXTS)]
    return template.format(code=code, service=service, name=fake.first_name(), company=fake.company())


@cache
def _faker() -> Faker:
    from faker import Faker  # noqa: PLC0415  (slow to load, and needed for invented texts only)

    return Faker("vi_VN")
