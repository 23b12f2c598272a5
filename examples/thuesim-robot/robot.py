"""A robot that tests the sign-up of your own site, with phone numbers that thuesim rents out.

`python robot.py https://shop.example` signs up once. THUESIM_BASE_URL, THUESIM_TOKEN and THUESIM_SERVICE say where
thuesim is, who we are, and which service to rent a number for.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import requests

RENTED = 1
RECEIVED, WAITING = 0, 1


class ThuesimError(Exception):
    """Thuesim refuses; the text is its own."""


class NoSms(ThuesimError):
    """The number has expired without an SMS. Its price is paid back."""


@dataclass(frozen=True)
class Rental:
    """A number that is ours for some minutes."""

    id: str
    phone: str


class Thuesim:
    """What a sign-up needs of thuesim."""

    def __init__(self, url: str, token: str) -> None:
        """Remember where it is, and who we are."""
        self.url = url
        self.token = token

    def rent(self, service: str) -> Rental:
        """Rent a number for a service, by its name."""
        services = self._ask("/api/", show="service").get("Data") or []
        found = next((each for each in services if each["SERVICE_NAME"] == service), None)
        if found is None:
            raise ThuesimError(f"no service {service!r}")
        told = self._ask("/api/register-service/", serviceId=f"{found['SV']}.{found['ID']}")
        if told["ResponseCode"] != RENTED:
            raise ThuesimError(told["Message"])
        return Rental(told["RequestLog"]["ID"], told["RequestLog"]["Phone"].strip())

    def wait_for_code(self, rental: Rental, pause: float = 5) -> str:
        """Ask for the code, with a pause of some seconds, until it is there or the number has expired."""
        while True:
            told = self._ask("/api/", show="code", ID=rental.id)
            if told["ResponseCode"] == RECEIVED:
                return str(told["Result"]["Code"])
            if told["ResponseCode"] != WAITING:
                raise NoSms(told["Msg"])
            time.sleep(pause)

    def _ask(self, path: str, **fields: str) -> dict[str, Any]:
        answer = requests.get(self.url + path, params={**fields, "token": self.token}, timeout=30)
        answer.raise_for_status()
        # The id of a rental is a number with two decimals: as a float, 88237016.10 would lose its zero.
        told: dict[str, Any] = json.loads(answer.text, parse_float=str)
        return told


def sign_up(site: str, thuesim: Thuesim, service: str, pause: float = 5) -> str:
    """Sign up with a rented number; gives the number."""
    rental = thuesim.rent(service)
    requests.post(f"{site}/signup", data={"phone": rental.phone}, timeout=30).raise_for_status()
    code = thuesim.wait_for_code(rental, pause)
    requests.post(f"{site}/signup/code", data={"phone": rental.phone, "code": code}, timeout=30).raise_for_status()
    return rental.phone


def main() -> None:
    """Sign up at the site that the command line names."""
    thuesim = Thuesim(os.environ["THUESIM_BASE_URL"], os.environ["THUESIM_TOKEN"])
    print(sign_up(sys.argv[1], thuesim, os.environ.get("THUESIM_SERVICE", "DV KHÁC (TEST)")))


if __name__ == "__main__":
    main()
