"""The older service webservice2.asmx: SendSimple_REST, and what it answers where nothing is played."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, Driver
from otp_conformance.expect import equal, expect, says_json
from otp_conformance.providers.amoot.cases.access import user_of
from otp_conformance.providers.amoot.cases.send_simple import ONE, TWO, join_mobiles
from otp_conformance.providers.amoot.steps import MESSAGES, credential

older_service_case = partial(case, "amoot", "older service")

OLDER = "SendSimple_REST"


@older_service_case(
    rule="A form with user name and password is taken, whatever else is in it; a row for each comes back.",
    sources=["AM O2", "C, the provider's own module", "W"],
    covers=["amoot.older-simple", "amoot.older-rows", "amoot.rows-shape", "amoot:success"],
    kills=["amoot.older-envelope"],
    rows={
        "form": ({"body_as": FORM}, {}),
        "query": ({"method": "GET"}, {}),
        "extras": ({"body_as": FORM}, {"res_id": "1", "account_token": ""}),
        "without-time": ({"body_as": FORM}, {"SendDateTime": None}),
    },
)
async def shape(amoot: Driver, how: Mapping[str, Any], more: Mapping[str, str | None]) -> None:
    changes = {"Token": None, **user_of(amoot), "Mobiles": join_mobiles(ONE, TWO), **more}

    answer = expect(await amoot.request(OLDER, amoot.fields(OLDER, changes), **how), "success")

    says_json(answer)
    equal(list(answer.json), ["Status", "Data"], "keys")
    equal([list(row) for row in answer.json["Data"]], [["Mobile", "MessageID", "Status"]] * 2, "keys of the rows")
    equal([row["Mobile"] for row in answer.json["Data"]], [ONE, TWO], "recipients")
    equal([row["Status"] for row in answer.json["Data"]], [answer.json["Status"]] * 2, "statuses")
    if Feature.MESSAGES in amoot.target.features:
        held = await amoot.messages()
        equal([each["id"] for each in held], [str(row["MessageID"]) for row in answer.json["Data"]], "messages")


@older_service_case(
    rule="A token does as well, in the parameter or in the header, also beside user name and password.",
    sources=["I", "AM O2, a header beside both"],
    level=Level.SHOULD,
    covers=["amoot.older-access"],
    rows={"parameter": (True, None, False), "header": (False, "{}", False), "all": (True, "{}", True)},
)
async def token(amoot: Driver, parameter: bool, header: str | None, user: bool) -> None:  # noqa: FBT001  (a row's values)
    own = credential(amoot, "Token")
    changes = {"Token": own if parameter else None, **(user_of(amoot) if user else {})}
    headers = {"Authorization": header.format(own)} if header else {}

    expect(await amoot.request(OLDER, amoot.fields(OLDER, changes), body_as=FORM, headers=headers), "success")


@older_service_case(
    rule="What SendSimple refuses is refused alike, with an empty array as Data.",
    sources=["I", "W"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.older-access", "amoot.older-rows", "amoot.refusal-shape"],
    rows={
        "token": ({"Token": "wrong"}, "Token_Invalid"),
        "text": ({"SMSMessageText": None}, "SMSMessageText_Empty"),
        "line": ({"LineNumber": "x"}, "LineNumber_NotExist"),
        "list": ({"Mobiles": ","}, "Mobiles_Empty"),
        "mobile": ({"Mobiles": "1"}, "Mobiles_Invalid"),
    },
)
async def refusals(amoot: Driver, changes: Mapping[str, str | None], status: str) -> None:
    equal((await amoot.call(OLDER, **changes)).text, f'{{"Status":"{status}","Data":[]}}', "body")


@older_service_case(
    rule="A message of it waits for its SendDateTime and is charged like another.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, *MESSAGES],
    covers=["amoot.older-access"],
)
async def queued(amoot: Driver) -> None:
    await amoot.account(credit=2_000, price=1_000)

    expect(await amoot.call(OLDER, SendDateTime="2099-01-01 00:00:00"), "success")

    (message,) = await amoot.messages()
    equal((message["state"], (await amoot.account_now())["credit"]), ("queued", 1_000), "state and credit")


@older_service_case(
    rule="Another method, and none, are HTTP 500 with a line of text; another verb is 405.",
    sources=["I, as ASP.NET answers"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.older-unmatched"],
    rows={
        "method": ("GET", "/GetDelivery_REST", 500, "GetDelivery_REST Web Service method name is not valid."),
        "post": ("POST", "/Nothing", 500, "Nothing Web Service method name is not valid."),
        "soap": ("POST", "", 500, "Request format is unrecognized."),
        "verb": ("PUT", "/SendSimple_REST", 405, "Method not allowed."),
    },
)
async def unmatched(amoot: Driver, method: str, path: str, status: int, text: str) -> None:
    answer = await amoot.request(OLDER, {}, method=method, path=f"/webservice2.asmx{path}")

    equal((answer.status, answer.text), (status, f"{text}\r\n"), "HTTP status and body")
