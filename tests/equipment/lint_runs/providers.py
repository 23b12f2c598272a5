"""Runs for the providers' own rules."""

from __future__ import annotations

from equipment.lint_runs.kit import Caller, Run


async def _lives_too_long(caller: Caller) -> None:
    await caller.gencode(TimeAlive="11")
    await caller.gencode(TimeAlive="1")
    await caller.gencode(TimeAlive="five")


async def _lives_well(caller: Caller) -> None:
    await caller.gencode(TimeAlive="2")
    await caller.gencode(TimeAlive="10")
    await caller.gencode(TimeAlive="")


async def _wants_no_length(caller: Caller) -> None:
    await caller.gencode(NumCharOfCode="0")
    await caller.gencode(NumCharOfCode="21")


async def _wants_a_length(caller: Caller) -> None:
    for length in ("1", "6", "20", ""):
        await caller.gencode(NumCharOfCode=length)


TEMPLATE = "123456 la ma xac minh dang ky Baotrixemay cua ban"


async def _tries_any_text(caller: Caller) -> None:
    await caller.send(Brandname="Baotrixemay", Content=f"{TEMPLATE}!", Sandbox="1")
    await caller.send(Brandname="Baotrixemay", Content=f"{TEMPLATE}!")


async def _tries_its_template(caller: Caller) -> None:
    await caller.send(Brandname="Baotrixemay", Content=TEMPLATE, Sandbox="1")
    await caller.send(Content="anything", Sandbox="1")


async def _names_no_date(caller: Caller) -> None:
    await caller.send(SendDate="01/03/2026 20:00")


async def _names_a_date(caller: Caller) -> None:
    await caller.send(SendDate="2026-03-01 20:00:00")


async def _hides_its_marks(caller: Caller) -> None:
    await caller.send(Content="Mã của bạn")
    await caller.send(Content="Mã của anh", IsUnicode="0")


async def _tells_its_marks(caller: Caller) -> None:
    await caller.send(Content="Mã của bạn", IsUnicode="1")
    await caller.send(Content="Ma cua ban", IsUnicode="0")


async def _trusts_esms(caller: Caller) -> None:
    await caller.send(CallbackUrl=caller.hook.url)
    await caller.wait("2s")


async def _asks_esms(caller: Caller) -> None:
    sent = await caller.send(CallbackUrl=caller.hook.url)
    await caller.wait("2s")
    await caller.esms("/MainService.svc/json/GetSendStatus", RefId=sent["SMSID"])


async def _names_no_time(caller: Caller) -> None:
    await caller.send_otp(SendDateTime="2023-02-01-18:50")


async def _names_a_time(caller: Caller) -> None:
    for text in ("", "0", "2026-03-01T20:00:00+03:30", "1404/12/10 20:00"):
        await caller.send_otp(SendDateTime=text)


async def _chooses_one_code(caller: Caller) -> None:
    for mobile in ("9120000000", "9120000001"):
        await caller.amoot("SendQuickOTP", Mobile=mobile, CodeLength="4", OptionalCode="1234")


async def _chooses_codes(caller: Caller) -> None:
    for mobile, code in (("9120000000", "1234"), ("9120000001", "4321"), ("9120000002", "")):
        await caller.amoot("SendQuickOTP", Mobile=mobile, CodeLength="4", OptionalCode=code)


async def _hurries(caller: Caller) -> None:
    rental = await caller.rent()
    await caller.code(rental)
    await caller.wait("4s")
    await caller.code(rental)


async def _has_patience(caller: Caller) -> None:
    rental = await caller.rent()
    await caller.code(rental)
    await caller.wait("5s")
    await caller.code(rental)
    await caller.code(await caller.rent())


async def _takes_two(caller: Caller) -> None:
    await caller.rent()
    await caller.wait("4s")
    await caller.rent()


async def _takes_two_slowly(caller: Caller) -> None:
    await caller.rent()
    await caller.wait("5s")
    await caller.rent()


async def _reads_history(caller: Caller) -> None:
    await caller.rent()
    for _ in range(3):
        await caller.wait("20s")
        await caller.thuesim("/api/", show="history")


async def _reads_codes(caller: Caller) -> None:
    rental = await caller.rent()
    for _ in range(3):
        await caller.wait("20s")
        await caller.code(rental)
        await caller.thuesim("/api/", show="history")


async def _counts_services(caller: Caller) -> None:
    await caller.thuesim("/api/register-service/", serviceId="2.97")


async def _spells_services(caller: Caller) -> None:
    """What is no service with the zero either is only unknown."""
    await caller.thuesim("/api/register-service/", serviceId="9.99")
    await caller.rent("02.97")


async def _rounds(caller: Caller) -> None:
    service = {"ID": 5, "SV": "10", "SERVICE_NAME": "Ten", "PRICE": 100, "Time": "300"}
    await caller.control("PATCH", "/accounts/thuesim", {"services": {"add": [service]}})
    rental = await caller.rent("10.5")
    await caller.code(rental.removesuffix("0"))


async def _keeps_ids(caller: Caller) -> None:
    service = {"ID": 5, "SV": "10", "SERVICE_NAME": "Ten", "PRICE": 100, "Time": "300"}
    await caller.control("PATCH", "/accounts/thuesim", {"services": {"add": [service]}})
    await caller.code(await caller.rent("10.5"))
    await caller.code("12345678.1")


async def _trusts_thuesim(caller: Caller) -> None:
    await caller.control("PATCH", "/accounts/thuesim", {"callback_url": caller.hook.url})
    await caller.rent()
    await caller.wait("3s")


async def _asks_thuesim(caller: Caller) -> None:
    await caller.control("PATCH", "/accounts/thuesim", {"callback_url": caller.hook.url})
    rental = await caller.rent()
    await caller.wait("3s")
    await caller.code(rental)


GENCODE = "SendMessageAutoGenCode_V4_get"
MESSAGE = "SendMultipleMessage_V4_post_json"
OWN = {
    "esms-lifetime": Run(
        _lives_too_long,
        f"TimeAlive of {GENCODE} is not from 2 to 10: 10 minutes hold; TimeAlive of {GENCODE} is not from 2 to 10: 2 "
        f"minutes hold; TimeAlive of {GENCODE} is no number: 5 minutes hold",
        ("req-1", "req-2", "req-3"),
        _lives_well,
    ),
    "esms-code-length": Run(
        _wants_no_length,
        "NumCharOfCode is no number from 1 to 20: 6 characters hold (2 times)",
        ("req-1", "req-2"),
        _wants_a_length,
    ),
    "esms-template": Run(
        _tries_any_text,
        f"{MESSAGE}: a try, which was accepted; {MESSAGE}: a send, which was refused",
        ("req-1", "req-2"),
        _tries_its_template,
    ),
    "esms-send-date": Run(
        _names_no_date,
        f"SendDate of {MESSAGE} is not yyyy-MM-dd HH:mm:ss: the message was sent at once",
        ("req-1",),
        _names_a_date,
    ),
    "esms-unicode": Run(
        _hides_its_marks,
        f"{MESSAGE}: the text has diacritics, and IsUnicode is not 1 (2 times)",
        ("req-1", "req-2"),
        _tells_its_marks,
    ),
    "esms-callback-trusted": Run(
        _trusts_esms,
        "the callback delivered was taken, and nobody asked for the state of the message",
        ("req-1",),
        _asks_esms,
    ),
    "amoot-send-time": Run(
        _names_no_time, "SendDateTime of SendOTP is no time: the message was sent at once", ("req-1",), _names_a_time
    ),
    "amoot-fixed-code": Run(
        _chooses_one_code, "SendQuickOTP with an OptionalCode that was sent before", ("req-2",), _chooses_codes
    ),
    "thuesim-code-polled": Run(
        _hurries, "show=code for the same ID less than 5 s after the last time", ("req-3",), _has_patience
    ),
    "thuesim-too-soon": Run(
        _takes_two, "register_service less than 5 s after the last one", ("req-2",), _takes_two_slowly
    ),
    "thuesim-history-for-codes": Run(
        _reads_history, "show=history 3 times within a minute, and never show=code", ("req-4",), _reads_codes
    ),
    "thuesim-service-number": Run(
        _counts_services, "serviceId of register_service without the zero of its server", ("req-1",), _spells_services
    ),
    "thuesim-id-as-float": Run(
        _rounds,
        "ID of code was read as a float: its last zero is lost, or it has an exponent",
        ("req-2",),
        _keeps_ids,
    ),
    "thuesim-callback-trusted": Run(
        _trusts_thuesim,
        "the callback done was taken, and nobody read the number with show=code",
        ("req-1",),
        _asks_thuesim,
    ),
}
