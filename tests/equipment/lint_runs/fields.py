"""Runs for the rules about fields."""

from __future__ import annotations

from equipment.lint_runs.kit import GENCODE, JSON, PHONE, SEND, Caller, Run

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}


async def _misspells(caller: Caller) -> None:
    await caller.gencode(TimeAlife="5", Colour="red")


async def _spells_in_any_case(caller: Caller) -> None:
    """Which does not matter at eSMS."""
    await caller.esms(GENCODE, PHONE=PHONE, brandname="Sandbox", TYPE="2", Message="{OTP}")


async def _mixes_cases(caller: Caller) -> None:
    await caller.thuesim("/api/", show="code", id="88237016.01")
    await caller.thuesim("/api/", show="Balance")
    await caller.thuesim("/API/", show="balance")


async def _keeps_cases(caller: Caller) -> None:
    await caller.thuesim("/api", show="balance")
    await caller.thuesim("/api/", show="networks")


async def _lowers_a_code(caller: Caller) -> None:
    await caller.pin("AB12CD")
    await caller.gencode()
    await caller.check("ab12cd")


async def _keeps_a_code(caller: Caller) -> None:
    await caller.pin("AB12CD")
    await caller.gencode()
    await caller.check("AB12CE")
    await caller.check("AB12CD")


async def _forgets_a_field(caller: Caller) -> None:
    await caller.gencode(Type="")
    await caller.send(SmsType="x")


async def _fills_all_fields(caller: Caller) -> None:
    await caller.gencode()
    await caller.gencode(Brandname="Nobody")


async def _asks_too_much(caller: Caller) -> None:
    await caller.send(RequestId="r" * 51)
    await caller.send_otp(CodeLength="9")
    await caller.send_otp(CodeLength="3")


async def _asks_the_most(caller: Caller) -> None:
    await caller.send(RequestId="r" * 50, campaignid="c" * 254)
    await caller.send_otp(CodeLength="8")
    await caller.send_otp(CodeLength="4")


async def _writes_phones_oddly(caller: Caller) -> None:
    await caller.gencode(Phone="(091) 234-5678")
    await caller.check("123456", Phone="+44 20 7946 0000")


async def _writes_phones_well(caller: Caller) -> None:
    for phone in ("0912345678", "84901888484", "+84901888485"):
        await caller.gencode(Phone=phone)
    await caller.send_otp(Mobile="9120000000")
    await caller.send_otp(Mobile="09120000001")


async def _loses_zeros(caller: Caller) -> None:
    await caller.pin("012345")
    await caller.gencode()
    await caller.check("12345")
    await caller.gencode(Phone="912345678")
    rental = await caller.rent()
    await caller.wait("5s")
    await caller.thuesim("/api/rephone/", phone="912345678", serviceId="97", thuesim1=rental)


async def _keeps_zeros(caller: Caller) -> None:
    await caller.pin("012345")
    await caller.gencode()
    await caller.check("12346")
    await caller.check("012345")
    await caller.send_otp(Mobile="9120000000")


async def _shows_secrets(caller: Caller) -> None:
    await caller.esms(f"{JSON}/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY")
    await caller.client.get("/rest/AccountStatus", Token="SANDBOX-TOKEN")
    query = "&".join(f"{name}={value}" for name, value in KEYS.items())
    body = {"Phone": PHONE, "Content": "Hello", "Brandname": "Sandbox", "SmsType": "2"}
    await caller.client.send("POST", f"{SEND}?{query}", json=body)


async def _hides_secrets(caller: Caller) -> None:
    """Where there is a body, or a header; what has neither is no fault of the client."""
    await caller.send()
    await caller.client.send("POST", f"{JSON}/GetBalance_json", json=KEYS)
    await caller.amoot("AccountStatus")
    await caller.client.send("GET", "/rest/AccountStatus", headers={"Authorization": "SANDBOX-TOKEN"})
    await caller.gencode()
    await caller.thuesim("/api/", show="balance")


async def _speaks_openly(caller: Caller) -> None:
    """A path that is not there is no better."""
    for host in ("thuesim.com.vn", "thuesim.com.vn:80", "THUESIM.com.vn"):
        path = "/api/?show=balance&token=SANDBOX-TOKEN"
        await caller.client.send("GET", path, headers={"Host": host})
    await caller.client.send("GET", "/api/balance?token=SANDBOX-TOKEN", headers={"Host": "thuesim.com.vn"})


async def _speaks_to_the_sandbox(caller: Caller) -> None:
    await caller.thuesim("/api/", show="balance")
    await caller.client.send("GET", "/api/?show=balance&token=SANDBOX-TOKEN", headers={"Host": "sandbox:6877"})


async def _brings_a_real_key(caller: Caller) -> None:
    await caller.gencode(ApiKey="0123456789ABCDEF0123456789ABCD")
    await caller.thuesim("/api/", show="balance", token="7F3A9C21D45B8E60")


async def _brings_a_key_of_a_lane(caller: Caller) -> None:
    """It is made as real ones are, and known. One that nobody takes for real is only wrong."""
    lane = await caller.control("POST", "/lanes", {})
    await caller.gencode(**lane["credentials"]["esms"])
    await caller.gencode(ApiKey="WRONG")


GENERAL = {
    "parameter-unknown": Run(
        _misspells,
        '"TimeAlife" is no parameter of SendMessageAutoGenCode_V4_get; TimeAlive is; "Colour" is no parameter of '
        "SendMessageAutoGenCode_V4_get",
        ("req-1",),
        _spells_in_any_case,
    ),
    "wrong-case": Run(
        _mixes_cases,
        '"id" of code is ID; show="Balance" is show=balance; "/API/" is /api/',
        ("req-1", "req-2", "req-3"),
        _keeps_cases,
    ),
    "code-case": Run(
        _lowers_a_code,
        "CheckCodeGen_V4_get with the code of the message in other letters: the case counts",
        ("req-2",),
        _keeps_a_code,
    ),
    "parameter-refused": Run(
        _forgets_a_field,
        "SendMessageAutoGenCode_V4_get needs Type; SmsType of SendMultipleMessage_V4_post_json cannot be read",
        ("req-1", "req-2"),
        _fills_all_fields,
    ),
    "parameter-bounds": Run(
        _asks_too_much,
        "RequestId is above 50 characters; CodeLength is above 8; CodeLength is below 4",
        ("req-1", "req-2", "req-3"),
        _asks_the_most,
    ),
    "phone-form": Run(
        _writes_phones_oddly,
        'Phone as "(999) 999-9999", where 9 is any digit; Phone as "+99 99 9999 9999", where 9 is any digit',
        ("req-1", "req-2"),
        _writes_phones_well,
    ),
    "leading-zero-lost": Run(
        _loses_zeros,
        "CheckCodeGen_V4_get with a code without its zero in front; Phone of SendMessageAutoGenCode_V4_get is a number "
        "without its zero in front; phone of rephone is a number without its zero in front",
        ("req-2", "req-3", "req-5"),
        _keeps_zeros,
    ),
    "secret-in-url": Run(
        _shows_secrets,
        "GET GetBalance; POST GetBalance_json takes them in a body; GET AccountStatus; POST AccountStatus takes them "
        "in a body; POST SendMultipleMessage_V4_post_json has a body, and its secrets are in the query",
        ("req-1", "req-2", "req-3"),
        _hides_secrets,
    ),
    "plain-http": Run(
        _speaks_openly,
        "http:// to a host of thuesim (4 times)",
        ("req-1", "req-2", "req-3", "req-4"),
        _speaks_to_the_sandbox,
    ),
    "real-credentials": Run(
        _brings_a_real_key,
        "a credential for eSMS looks real; a credential for thuesim looks real",
        ("req-1", "req-2"),
        _brings_a_key_of_a_lane,
    ),
}
