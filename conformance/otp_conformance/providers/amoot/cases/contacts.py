"""ContactCreate, ContactEdit, ContactDelete and ContactGet: one contact of the address book."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.amoot.steps import CLOCK, NEVER, NOON, ask_data, credential

contacts_case = partial(case, "amoot", "contacts")

CREATE, EDIT, DELETE, GET = "ContactCreate", "ContactEdit", "ContactDelete", "ContactGet"
GOOD = {"amoot.status-format": "name", "amoot.contact-mobile": "national"}
KEYS = (
    *("ID", "Active", "ContactGroupID", "Mobile", "FName", "LName", "GenderType", "GenderTypeStr", "CompanyTitle"),
    *("JobTitle", "Email", "CityName", "AddressText", "BornDate", "BornDatePer", "AnniversaryDate"),
    *("AnniversaryDatePer", *(f"CustomText{number}" for number in range(1, 7))),
    *(f"CustomDate{number}{end}" for number in range(1, 4) for end in ("", "Per")),
    *("Deleted", "UpdateDateTime"),
)
EMPTY: dict[str, Any] = {
    **{key: "" if key.endswith(("Per", "Str")) else None for key in KEYS},
    "ID": 0,
    "Active": False,
    "ContactGroupID": 0,
    "Mobile": 0,
    "Deleted": False,
    "UpdateDateTime": NEVER,
}
FULL = {
    "FName": "علی",
    "LName": "B",
    "CompanyTitle": "C",
    "JobTitle": "D",
    "Email": "e@example.org",
    "CityName": "F",
    "AddressText": "G, 1",
    **{f"CustomText{number}": f"text {number}" for number in range(1, 7)},
}
DAYS = {
    "BornDate": ("1990-03-21", "1369/01/01"),
    "AnniversaryDate": ("2020-02-29", "1398/12/10"),
    **{f"CustomDate{number}": (f"2031-05-0{number}", f"1410/02/1{number}") for number in range(1, 4)},
}


async def create(amoot: Driver, **fields: Any) -> dict[str, Any]:
    """Make a contact, and give it."""
    made: dict[str, Any] = expect(await amoot.call(CREATE, **fields), "success").json["Data"]
    return made


def written(**values: Any) -> str:
    """Write the whole answer that has a contact."""
    return orjson.dumps({"Status": "Success", "Data": {**EMPTY, **values}}).decode()


@contacts_case(
    rule="A contact comes back with 31 keys in their order: what was sent, and null or an empty text for what was not.",
    needs=CLOCK,
    choices=GOOD,
    covers=["amoot.contact-shape", "amoot.contact-days", "amoot.contact-updated", "amoot.contact-gender"],
    kills=["amoot.contact-genders-turned"],
    rows={"full": (True,), "bare": (False,)},
)
async def bodies(amoot: Driver, full: bool) -> None:  # noqa: FBT001  (a row's value)
    await amoot.stop_clock(NOON)
    days = {name: day for name, (day, _) in DAYS.items()} if full else {}
    fields: dict[str, Any] = {**FULL, **days, "GenderType": "True"} if full else {"FName": "A", "LName": None}
    answer = await amoot.call(CREATE, **fields, Labels=amoot.mark)

    wanted: dict[str, Any] = {"FName": "A"}
    if full:
        wanted = {**FULL, "GenderType": True, "GenderTypeStr": "آقا"}
        for name, (day, jalali) in DAYS.items():
            wanted |= {name: f"{day}T00:00:00", f"{name}Per": jalali}
    number = answer.json["Data"]["ID"]
    body = written(ID=number, Active=True, Mobile=9120000000, UpdateDateTime="2031-05-02T12:00:00", **wanted)
    equal(answer.text, body, "body")
    equal((await amoot.call(GET, ContactID=number)).text, body, "body of ContactGet")
    found = await amoot.call("ContactSearch", Labels=amoot.mark, Mobile=None, FName=None, LName=None)
    group = next(each for each in await ask_data(amoot, "ContactGroupList") if each["Title"] == amoot.mark)
    listed = await amoot.call("ContactList", ContactGroupID=group["ContactGroupID"])
    many = body.replace('"Data":', '"Data":[', 1)[:-1] + "]}"
    equal([found.text, listed.text], [many, many], "bodies of ContactSearch and ContactList")


@contacts_case(
    rule="A refusal has an object without values: a whole contact, three members, or none at all.",
    sources=["D, samples", "I, for ContactDelete"],
    tier=Tier.NOTHING,
    choices=GOOD,
    covers=["amoot.contact-default", "amoot.contact-delete-shape"],
    kills=["amoot.contact-refusal-null"],
    rows={
        CREATE: (CREATE, EMPTY),
        EDIT: (EDIT, EMPTY),
        DELETE: (DELETE, {"ID": 0, "UpdateDateTime": NEVER, "Deleted": False}),
        GET: (GET, {}),
    },
)
async def refusals(amoot: Driver, name: str, data: dict[str, Any]) -> None:
    answer = await amoot.call(name, Token="wrong")  # noqa: S106  (wrong on purpose)

    equal(answer.text, orjson.dumps({"Status": "Token_Invalid", "Data": data}).decode(), "body")


@contacts_case(
    rule="Mobile is a number: the ten digits, or with 98 before them, however it was written.",
    level=Level.SHOULD,
    covers=["amoot.contact-mobile=national", "amoot.contact-mobile=international"],
    rows={
        f"{option}-{text}": (option, text, mobile)
        for option, mobile in (("national", 9120000000), ("international", 989120000000))
        for text in ("09120000000", "+989120000000")
    },
    needs=[Feature.CHOICES],
)
async def mobiles(amoot: Driver, option: str, text: str, mobile: int) -> None:
    await amoot.choose(contact_mobile=option)
    made = await create(amoot, Mobile=text)

    equal([made["Mobile"], (await ask_data(amoot, GET, ContactID=made["ID"]))["Mobile"]], [mobile] * 2, "Mobile")


@contacts_case(
    rule="A name that is missing is told as chosen: when both are, when one is, or never.",
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    covers=[
        "amoot.contact-names=one",
        "amoot.contact-names=both",
        "amoot.contact-names=none",
        "amoot:first_name_or_last_name_empty",
    ],
    rows={
        f"{option}-{first}-{last}": (option, first, last, not wrong)
        for option, wrongs in (("one", ("-",)), ("both", ("-", "a", "b")), ("none", ()))
        for first, last in (("a", "b"), ("a", " "), ("", "b"), ("", " "))
        for wrong in [{("a", "b"): "+", ("a", " "): "a", ("", "b"): "b"}.get((first, last), "-") in wrongs]
    },
)
async def names(amoot: Driver, option: str, first: str, last: str, taken: bool) -> None:  # noqa: FBT001  (a row's value)
    await amoot.choose(contact_names=option)
    outcome = "success" if taken else "first_name_or_last_name_empty"
    number = (await create(amoot))["ID"]

    expect(await amoot.call(CREATE, FName=first, LName=last), outcome)
    expect(await amoot.call(EDIT, ContactID=number, FName=first, LName=last), outcome)


@contacts_case(
    rule="Yes and no have the spellings of many languages; Active is yes and GenderType unknown unless they are sent.",
    level=Level.SHOULD,
    covers=["amoot.contact-bool", "amoot.contact-gender"],
    rows={
        "csharp": (FORM, "True", True),
        "javascript": (FORM, "true", True),
        "php": (FORM, "1", True),
        "json": (JSON, True, True),
        "csharp-false": (FORM, "False", False),
        "zero": (FORM, "0", False),
        "json-false": (JSON, False, False),
        "absent": (FORM, None, None),
        "empty": (FORM, "", None),
        "odd": (FORM, "maybe", None),
    },
)
async def flags(amoot: Driver, body_as: str, sent: Any, meant: bool | None) -> None:  # noqa: FBT001  (a row's value)
    fields = amoot.fields(CREATE, {"Active": sent, "GenderType": sent})
    made = expect(await amoot.request(CREATE, fields, body_as=body_as), "success").json["Data"]

    told = {True: "آقا", False: "خانم", None: ""}[meant]
    equal([made["Active"], made["GenderType"], made["GenderTypeStr"]], [meant is not False, meant, told], "values")


@contacts_case(
    rule="A day may be Gregorian or Jalali, with a time or without; what is no day counts as not set.",
    level=Level.SHOULD,
    choices={"amoot.status-format": "name"},
    covers=["amoot.contact-days"],
    rows={
        "gregorian": ("2020-02-29", "2020-02-29T00:00:00", "1398/12/10"),
        "jalali": ("1398-12-10", "2020-02-29T00:00:00", "1398/12/10"),
        "slashes": ("1398/12/10", "2020-02-29T00:00:00", "1398/12/10"),
        "with-time": ("2020-02-29T23:59:59", "2020-02-29T00:00:00", "1398/12/10"),
        "next-in-tehran": ("2020-02-28T23:30:00Z", "2020-02-29T00:00:00", "1398/12/10"),
        "before-jalali": ("0600-01-01", "0600-01-01T00:00:00", ""),
        "word": ("tomorrow", None, ""),
        "no-such-day": ("2021-02-29", None, ""),
        "unset-in-csharp": ("0001-01-01T00:00:00", None, ""),
    },
)
async def days(amoot: Driver, sent: str, day: str | None, jalali: str) -> None:
    made = await create(amoot, AnniversaryDate=sent)

    equal([made["AnniversaryDate"], made["AnniversaryDatePer"]], [day, jalali], "day")


@contacts_case(
    rule="ContactGroupID is out of use: any number from 0 on is taken and 0 is told; others are refused.",
    level=Level.SHOULD,
    covers=["amoot.contact-group-unused", "amoot:contact_group_id_invalid"],
    rows={
        "zero": ("0", "success"),
        "empty": ("", "success"),
        "some": ("123456", "success"),
        "below": ("-1", "contact_group_id_invalid"),
        "word": ("a", "contact_group_id_invalid"),
        "too-large": ("9223372036854775808", "contact_group_id_invalid"),
    },
)
async def group_unused(amoot: Driver, group: str, outcome: str) -> None:
    number = (await create(amoot))["ID"]
    for answer in [
        await amoot.call(CREATE, ContactGroupID=group),
        await amoot.call(EDIT, ContactID=number, ContactGroupID=group),
    ]:
        expect(answer, outcome)
        equal(answer.json["Data"]["ContactGroupID"], 0, "ContactGroupID")


@contacts_case(
    rule="A text has a thousand characters at most, a contact fifty labels.",
    level=Level.SHOULD,
    covers=["amoot.contact-too-long", "amoot:failed"],
    rows={
        "text": ({"AddressText": "آ" * 1000}, "success"),
        "text-beyond": ({"AddressText": "آ" * 1001}, "failed"),
        "last-text-beyond": ({"CustomText6": "x" * 1001}, "failed"),
        "labels": ({"Labels": ",".join(map(str, range(50)))}, "success"),
        "labels-beyond": ({"Labels": ",".join(map(str, range(51)))}, "failed"),
        "same-labels": ({"Labels": ",".join(["same"] * 101)}, "success"),
        "too-many-entries": ({"Labels": ",".join(["same"] * 1001)}, "failed"),
        "label-beyond": ({"Labels": "x" * 1001}, "failed"),
    },
)
async def bounds(amoot: Driver, fields: dict[str, str], outcome: str) -> None:
    sent = amoot.fields(CREATE, fields)
    expect(await amoot.request(CREATE, sent, body_as=FORM), outcome)


@contacts_case(
    rule="Two contacts may have one mobile number; each has a number of its own.",
    level=Level.SHOULD,
    covers=["amoot.contact-same-mobile"],
)
async def same_mobile(amoot: Driver) -> None:
    first, second = await create(amoot), await create(amoot)

    equal(first["ID"] != second["ID"], True, "another number")
    equal((await ask_data(amoot, GET, ContactID=first["ID"]))["ID"], first["ID"], "ID")


@contacts_case(
    rule="ContactEdit writes the whole contact anew; activity and labels stay when the call says nothing of them.",
    level=Level.SHOULD,
    needs=CLOCK,
    choices=GOOD,
    covers=["amoot.contact-edit", "amoot.contact-updated", "amoot.label-groups"],
    kills=["amoot.contact-edit-keeps", "amoot.contact-edit-labels"],
)
async def edited(amoot: Driver) -> None:
    await amoot.stop_clock(NOON)
    number = (await create(amoot, **FULL, Active="false", BornDate="1990-03-21", Labels=amoot.mark))["ID"]
    await amoot.advance("1s")
    answer = await amoot.call(EDIT, ContactID=number, Mobile="9150000000", FName="Z", LName=None)
    found = await ask_data(amoot, "ContactSearch", Labels=amoot.mark, FName=None, LName=None, Mobile=None)
    activated = await amoot.call(EDIT, ContactID=number, Active="true", Labels="")
    left = await ask_data(amoot, "ContactSearch", Labels=amoot.mark, FName=None, LName=None, Mobile=None)

    equal(answer.text, written(ID=number, Mobile=9150000000, FName="Z", UpdateDateTime="2031-05-02T12:00:01"), "body")
    equal([row["ID"] for row in found], [number], "contacts with the label")
    equal([activated.json["Data"]["Active"], left], [True, []], "Active, and contacts with the label")


@contacts_case(
    rule="ContactDelete tells number, time and true, once; the contact is in no answer any more.",
    level=Level.SHOULD,
    needs=CLOCK,
    choices=GOOD,
    covers=["amoot.contact-deleted", "amoot.contact-unknown", "amoot.contact-updated", "amoot:contact_id_invalid"],
    kills=["amoot.contact-not-deleted"],
)
async def deleted(amoot: Driver) -> None:
    await amoot.stop_clock(NOON)
    mark = amoot.mark
    number = (await create(amoot, FName=mark, Labels=mark))["ID"]
    first, second = await amoot.call(DELETE, ContactID=number), await amoot.call(DELETE, ContactID=number)

    data = f'{{"ID":{number},"UpdateDateTime":"2031-05-02T12:00:00","Deleted":true}}'
    equal(first.text, f'{{"Status":"Success","Data":{data}}}', "body")
    expect(second, "contact_id_invalid")
    expect(await amoot.call(GET, ContactID=number), "failed")
    expect(await amoot.call(EDIT, ContactID=number), "contact_id_invalid")
    for fields in ({"FName": mark, "LName": None, "Mobile": None}, {"FName": mark}, {"Labels": mark, "FName": mark}):
        equal(await ask_data(amoot, "ContactSearch", **fields), [], "contacts found")
    told = [row["ID"] for row in await ask_data(amoot, "ContactListUpdates")]
    equal(number in told, False, "told as changed")


@contacts_case(
    rule="A ContactID that is unusable is ContactID_Invalid; one that nobody has is Failed at ContactGet.",
    sources=["D, samples", "I, for what is unusable"],
    tier=Tier.READS,
    covers=["amoot.contact-unknown", "amoot:failed"],
    rows={
        "unknown": ("9", "failed"),
        "zero": ("0", "contact_id_invalid"),
        "negative": ("-5", "contact_id_invalid"),
        "word": ("a", "contact_id_invalid"),
        "fraction": ("1.5", "contact_id_invalid"),
        "beyond-64-bits": ("9223372036854775808", "contact_id_invalid"),
        "missing": (None, "contact_id_invalid"),
    },
)
async def numbers(amoot: Driver, number: str | None, outcome: str) -> None:
    expect(await amoot.call(GET, ContactID=number), outcome)
    for name in (EDIT, DELETE):
        expect(await amoot.call(name, ContactID=number), "contact_id_invalid")


@contacts_case(
    rule="Labels may be one text with separators, a JSON array, a parameter given several times, with brackets or not.",
    sources=["D, samples of ContactCreate and ContactSearch"],
    covers=["amoot.list-several", "amoot.list-separators"],
    rows={
        "comma": (FORM, "{0}a,{0}b", None),
        "semicolon": (FORM, "{0}a; {0}b", None),
        "bar": (FORM, "{0}a|{0}b", None),
        "array": (JSON, ["{0}a", "{0}b"], None),
        "repeated": (None, None, "Labels={0}a&Labels={0}b"),
        "brackets": (None, None, "Labels%5B%5D={0}a&Labels%5B%5D={0}b"),
    },
)
async def label_lists(amoot: Driver, body_as: str | None, sent: Any, query: str | None) -> None:
    mark = amoot.mark
    if query is not None:
        token = credential(amoot, "Token")
        query = f"Token={token}&Mobile=9120000000&FName={mark}&{query.format(mark)}"
        expect(await amoot.request(CREATE, {}, query=query), "success")
    else:
        labels = [each.format(mark) for each in sent] if isinstance(sent, list) else sent.format(mark)
        fields = amoot.fields(CREATE, {"Labels": labels, "FName": mark})
        expect(await amoot.request(CREATE, fields, body_as=body_as), "success")

    for label in "ab":
        found = await ask_data(amoot, "ContactSearch", Labels=f"{mark}{label}", FName=None, LName=None, Mobile=None)
        equal([row["FName"] for row in found], [mark], f"contacts with {label}")
