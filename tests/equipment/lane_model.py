"""What a lane does, in a few plain rules: its codes, its rented numbers and its accounts.

It is written from the pages in `docs/providers`, not from the code. Numbers are those of the specs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import otp_specs

ESMS: Final = otp_specs.load("esms")
AMOOT: Final = otp_specs.load("amoot")
THUESIM: Final = otp_specs.load("thuesim")

START: Final = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
SMS: Final = 160
PART: Final = 153
"""Characters of GSM-7 in a single SMS, and in each of several."""


@dataclass
class Code:
    """A code that was issued; one without an end is nobody's to check."""

    provider: str
    to: str
    code: str
    ends: datetime | None
    state: Literal["active", "used", "expired", "superseded"] = "active"


@dataclass
class Message:
    """What a phone got, what it cost, and whether a delivery report has come."""

    provider: str
    to: str
    code: str
    price: int
    at: datetime
    reported: bool = False


@dataclass(frozen=True)
class Service:
    """What a number is rented for; `stock` None never runs out."""

    key: str
    price: int
    lives: timedelta
    stock: int | None = None


@dataclass
class Rental:
    """A rented number; `code` None is one that nobody was told yet."""

    id: str
    to: str
    service: Service
    ends: datetime
    arrives: datetime | None = None
    state: Literal["waiting", "done", "expired"] = "waiting"
    code: str | None = None


@dataclass
class Money:
    """An account: what was put there, what was taken for what was sent or rented, what was paid back."""

    put: int
    charged: int = 0
    refunded: int = 0

    @property
    def left(self) -> int:
        """What is there."""
        return self.put + self.refunded - self.charged


@dataclass(frozen=True)
class Rules:
    """What a lane begins with."""

    keep_all: bool = False
    lock_out: bool = False
    automatic: bool = False
    waiting: int = 2
    esms: int = 8_500
    amoot: int = 4_500
    thuesim: int = 6_000
    price: int = 850
    segment: int = 1_000
    pause: timedelta = 5 * SECOND
    arrives: timedelta = 2 * SECOND
    services: tuple[Service, ...] = (Service("01.4", 470, 20 * SECOND), Service("02.97", 1_450, 300 * SECOND, 2))


@dataclass
class LaneModel:
    """A lane. `now` is its time; `calls` counts the calls of providers in it."""

    rules: Rules
    now: datetime = START
    calls: int = 0

    def __post_init__(self) -> None:
        """Begin."""
        self.reset()

    def reset(self) -> None:
        """Be as at the creation. The numbers of the calls go on."""
        self.now = START
        self.codes: list[Code] = []
        self.messages: list[Message] = []
        self.rentals: list[Rental] = []
        self.pins: dict[str, tuple[str, int]] = {}
        self.tries: dict[str, int] = {}
        self.taken: datetime | None = None
        self.noted = 0
        self.paired = True
        self.reset_accounts()

    def reset_accounts(self) -> None:
        """Put the accounts back to what they began with."""
        rules = self.rules
        self.esms, self.amoot, self.thuesim = Money(rules.esms), Money(rules.amoot), Money(rules.thuesim)
        self.stock = {each.key: each.stock for each in rules.services}

    def reset_part(self, what: str) -> None:
        """Bring one part back to the creation."""
        match what:
            case "codes":
                self.codes, self.pins, self.tries, self.paired = [], {}, {}, False
            case "messages":
                self.messages, self.paired = [], False
            case "rentals":
                self.rentals = []
            case "accounts":
                self.reset_accounts()
            case "limits":
                self.taken = None
            case "requests":
                self.noted = 0
            case "clock":
                self.now = START

    # Time

    def edges(self) -> list[datetime]:
        """Tell when something becomes different by itself."""
        ends = [each.ends for each in self.codes if each.state == "active" and each.ends is not None]
        for rental in self.rentals:
            if rental.state == "waiting":
                ends += [rental.ends] if rental.arrives is None else [rental.arrives]
        if self.taken is not None:
            ends.append(self.taken + self.rules.pause)
        ends += [each.at + SECOND for each in self.messages[-1:]]
        return sorted({each for each in ends if each > self.now})

    def set_back(self, to: datetime) -> None:
        """Put the clock to an instant before: what has ended does not begin again."""
        self.now = to

    def move(self, to: datetime) -> None:
        """Let the time pass."""
        self.now = to
        for message in self.messages:
            message.reported = message.reported or to >= message.at + SECOND
        for code in self.codes:
            if code.state == "active" and code.ends is not None and to >= code.ends:
                code.state = "expired"
        for rental in sorted(self.rentals, key=lambda each: each.arrives or each.ends):
            if rental.state != "waiting":
                continue
            if rental.arrives is not None and to >= rental.arrives:
                self._arrive(rental, self._use_pin(rental.to))
            elif to >= rental.ends:
                rental.state = "expired"
                self.thuesim.refunded += rental.service.price

    # Codes

    def pin(self, phone: str, code: str, times: int) -> None:
        """Set the code of the next sends to a phone."""
        self.pins[phone] = (code, times)

    def _use_pin(self, phone: str) -> str | None:
        code, times = self.pins.pop(phone, (None, 0))
        if code is not None and times > 1:
            self.pins[phone] = (code, times - 1)
        return code

    def length(self, phone: str, asked: int) -> int:
        """Tell how long the next code of a phone will be."""
        return len(self.pins[phone][0]) if phone in self.pins else asked

    def gencode_length(self, asked: int | None) -> int:
        """Tell how long a code of GENCODE is, without a pin."""
        policy = ESMS.policy
        if asked is None or not policy["code_length_min"] <= asked <= policy["code_length_max"]:
            return policy["code_length_default"]
        return asked

    def gencode_cost(self, phone: str, asked: int | None, text: str) -> int:
        """Tell what a GENCODE would cost."""
        length = len(text.replace("{OTP}", "0" * self.length(phone, self.gencode_length(asked))))
        return self.rules.price * (1 if length <= SMS else -(-length // PART))

    def gencode(self, phone: str, asked: int | None, text: str) -> str:
        """Name the row that answers a GENCODE; when it is sent, `gencode_sent` follows."""
        return "accepted" if self.esms.left >= self.gencode_cost(phone, asked, text) else "not_enough_balance"

    def gencode_sent(self, phone: str, asked: int | None, minutes: int | None, text: str, code: str) -> None:
        """A code was sent."""
        policy, price = ESMS.policy, self.gencode_cost(phone, asked, text)
        pinned = self._use_pin(phone)
        assert code == pinned or (pinned is None and len(code) == self.gencode_length(asked))
        if minutes is None:
            minutes = policy["lifetime_minutes_default"]
        minutes = min(max(minutes, policy["lifetime_minutes_min"]), policy["lifetime_minutes_max"])
        if not self.rules.keep_all:
            for each in self.alive(phone):
                each.state = "superseded"
        self.tries[phone] = 0
        self.codes.append(Code("esms", phone, code, self.now + timedelta(minutes=minutes)))
        self.messages.append(Message("esms", phone, code, price, self.now))
        self.esms.charged += price
        for rental in self.rentals:
            if rental.to == phone and rental.state == "waiting":
                self._arrive(rental, code)

    def alive(self, phone: str) -> list[Code]:
        """Tell which codes of a phone CHECKCODE would accept."""
        return [each for each in self.codes if each.to == phone and each.provider == "esms" and each.state == "active"]

    def check(self, phone: str, code: str) -> str:
        """Check a code; names the row."""
        alive = self.alive(phone)
        for each in alive:
            if each.code == code:
                each.state, self.tries[phone] = "used", 0
                return "code_valid"
        if self.rules.lock_out and alive:
            self.tries[phone] += 1
            if self.tries[phone] >= ESMS.policy["wrong_tries_max"]:
                for each in alive:
                    each.state = "superseded"
        return "code_invalid"

    def send_otp(self, length: int) -> str:
        """Name the row that answers a SendOTP; when it is sent, `otp_sent` follows."""
        if length < AMOOT.policy["code_length_min"]:
            return "length_invalid"
        if length > AMOOT.policy["code_length_max"]:
            return "length_exceeded"
        return "success" if self.amoot.left >= self.rules.segment else "credit_not_enough"

    def otp_sent(self, phone: str, length: int, code: str) -> None:
        """A code was sent."""
        pinned = self._use_pin(phone)
        assert code == pinned or (pinned is None and len(code) == length)
        self.codes.append(Code("amoot", phone, code, None))
        self.messages.append(Message("amoot", phone, code, self.rules.segment, self.now))
        self.amoot.charged += self.rules.segment

    # Rented numbers

    def waiting(self) -> list[Rental]:
        """Tell which numbers wait."""
        return [each for each in self.rentals if each.state == "waiting"]

    def rental(self, rental_id: str, phone: str | None = None) -> Rental | None:
        """Find a rental; one of another phone is none."""
        found = next((each for each in self.rentals if each.id == rental_id), None)
        return found if found is None or phone in (None, found.to) else None

    def rent(self, service: Service) -> str:
        """Name the row that answers a rent; when a number is rented, `rented` follows."""
        if self.taken is not None and self.now < self.taken + self.rules.pause:
            return "too_soon"
        if len(self.waiting()) >= self.rules.waiting:
            return "waiting_limit_reached"
        if self.thuesim.left < service.price:
            return "not_enough_balance"
        return "out_of_stock" if self.stock[service.key] == 0 else "rented"

    def rent_again(self, rental_id: str, phone: str) -> str:
        """Name the row that answers who rents a number again for the same service; `rented` may follow."""
        earlier = self.rental(rental_id, phone)
        if earlier is None:
            paused = self.taken is not None and self.now < self.taken + self.rules.pause
            return "too_soon" if paused else "error"
        row = self.rent(earlier.service)
        busy = any(each.to == phone for each in self.waiting())
        return "out_of_stock" if row == "rented" and busy else row

    def rented(self, rental_id: str, phone: str, service: Service) -> None:
        """A number was rented."""
        assert self.rental(rental_id) is None
        assert all(each.to != phone for each in self.waiting())
        comes = self.rules.automatic and self.rules.arrives < service.lives
        arrives = self.now + self.rules.arrives if comes else None
        self.rentals.append(Rental(rental_id, phone, service, self.now + service.lives, arrives))
        self.taken = self.now
        self.thuesim.charged += service.price
        left = self.stock[service.key]
        if left is not None:
            self.stock[service.key] = left - 1

    def arrive(self, rental_id: str, code: str) -> int:
        """Let an SMS arrive by hand; gives the HTTP status of the control API."""
        rental = self.rental(rental_id)
        if rental is None:
            return 404
        if rental.state != "waiting":
            return 409
        self._arrive(rental, code)
        return 200

    def _arrive(self, rental: Rental, code: str | None) -> None:
        rental.state, rental.code = "done", code

    def read(self, rental_id: str) -> str:
        """Name the row that answers who reads the code of a rental."""
        rental = self.rental(rental_id)
        if rental is None:
            return "session_unknown"
        return {"waiting": "waiting_for_message", "done": "code_received", "expired": "rental_expired"}[rental.state]


KNOWN_PARTS: Final = ("codes", "messages", "rentals", "accounts", "limits", "requests", "clock")
"""The parts of a lane that `reset_part` knows."""
