"""PatternCodeCreate and PatternCodeList of Amoot: which patterns are taken, and what stands in the list."""

from __future__ import annotations

import itertools
from typing import Any

import orjson
import pytest

from otp_sandbox.providers.amoot.account import Pattern

TEXT = "سلام %name%، کد: %code%"
NOTHING = b'"Data":{"ID":0,"Status":0,"IsOTP":false,"MessageText":null,"Patterns":null,"NumberPatterns":null}}'
# In the order of their numbers.
WRONG: list[tuple[int, str, dict[str, Any]]] = [
    (2, "pattern_text_empty", {"MessageText": None}),
    (3, "patterns_empty", {"MessageText": "Test"}),
    (4, "patterns_duplicate", {"MessageText": "%code% %code%"}),
    (5, "number_patterns_outside", {"NumberPatterns": "other"}),
    (6, "pattern_text_duplicate", {"MessageText": "کد تایید شما: %code%"}),
]


async def created(lane: Any, **changes: Any) -> dict[str, Any]:
    reply: dict[str, Any] = orjson.loads((await lane.answer("PatternCodeCreate", **changes)).body)
    return reply


async def test_more_number_patterns_than_are_taken_cannot_all_be_inside(lane: Any) -> None:
    """Also when each of them is."""
    text = " ".join(f"%v{number}%" for number in range(1001))
    names = [f"v{number}" for number in range(1001)]

    reply = await created(lane, MessageText=text, NumberPatterns=",".join(names))
    fits = await created(lane, MessageText=text, NumberPatterns=",".join(names[:1000]))

    assert (reply["ValidationResult"]["Status"], fits["ValidationResult"]["Status"]) == (5, 1)


async def test_a_new_pattern_has_just_these_bytes(lane: Any) -> None:
    """The documented sample but for number and text."""
    reply = await lane.answer("PatternCodeCreate", MessageText="Code: %code%", NumberPatterns="code", IsOTP="true")

    assert reply.body == (
        b'{"Status":"Success","ValidationResult":{"Status":1,"Message":null},"Data":{"ID":1002,"Status":0,'
        b'"IsOTP":true,"MessageText":"Code: %code%","Patterns":["code"],"NumberPatterns":["code"]}}'
    )


async def test_a_text_without_variables_has_just_these_bytes(lane: Any) -> None:
    """As documented, with its explanation."""
    reply = await lane.answer("PatternCodeCreate", MessageText="Test")

    assert reply.body == (
        '{"Status":"Failed","ValidationResult":{"Status":3,"Message":"در متن پیامک الگو تعریف نشده است."},'.encode()
        + NOTHING
    )


async def test_a_refused_caller_has_a_default_object_and_no_validation(lane: Any) -> None:
    """Whatever is wrong with the pattern besides."""
    reply = await lane.answer("PatternCodeCreate", Token="wrong", MessageText=None)

    assert reply.body == b'{"Status":"Token_Invalid","ValidationResult":{"Status":0,"Message":null},' + NOTHING


@pytest.mark.parametrize(("number", "cause", "changes"), WRONG, ids=[each[1] for each in WRONG])
async def test_each_thing_that_is_wrong_has_its_number(
    lane: Any, number: int, cause: str, changes: dict[str, Any]
) -> None:
    """It has an explanation in Persian, and changes nothing."""
    before = lane.account
    verdict = await lane.send("PatternCodeCreate", **changes)
    reply = await created(lane, **changes)

    assert (verdict.cause, reply["Status"], reply["ValidationResult"]["Status"]) == (cause, "Failed", number)
    assert "\u0600" <= reply["ValidationResult"]["Message"][0] <= "\u06ff"
    assert lane.account == before


async def test_the_explanations_differ(lane: Any) -> None:
    told = {(await created(lane, **changes))["ValidationResult"]["Message"] for _, _, changes in WRONG}

    assert len(told) == len(WRONG)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"MessageText": None, "NumberPatterns": "other"}, 2),
        ({"MessageText": "", "NumberPatterns": "other"}, 2),
        ({"MessageText": "Test", "NumberPatterns": "other"}, 3),
        ({"MessageText": "%code% %code%", "NumberPatterns": "other"}, 4),
        ({"MessageText": "کد تایید شما: %code%", "NumberPatterns": "other"}, 5),
        ({"MessageText": "کد تایید شما: %code%", "NumberPatterns": "code"}, 6),
    ],
)
async def test_the_first_thing_that_is_wrong_is_told(lane: Any, changes: dict[str, Any], number: int) -> None:
    """In the order of the numbers."""
    assert (await created(lane, **changes))["ValidationResult"]["Status"] == number


async def test_a_text_counts_as_registered_whatever_became_of_it(lane: Any) -> None:
    """Waiting and rejected ones too; the comparison is exact."""
    lane.patch({"patterns": [{"id": 7, "text": "a %b%", "status": 3}, {"id": 8, "text": "c %d%", "status": 0}]})

    numbers = [
        (await created(lane, MessageText=text))["ValidationResult"]["Status"] for text in ("a %b%", "c %d%", "A %b%")
    ]

    assert numbers == [6, 6, 1]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("%code%", ["code"]),
        ("%b% and %a%", ["b", "a"]),
        ("%a%%b%", ["a", "b"]),
        ("%نام% %کد%", ["نام", "کد"]),
        ("%Code% %code%", ["Code", "code"]),
        ("%code1% 50% off", ["code1"]),
        ("100 %%code%%", ["code"]),
    ],
)
async def test_variables_stand_between_percent_signs_in_the_order_of_the_text(
    lane: Any, text: str, names: list[str]
) -> None:
    """In any script; case counts."""
    assert (await created(lane, MessageText=text))["Data"]["Patterns"] == names


@pytest.mark.parametrize("text", [" ", "%", "%%", "50% of 100%", "% code%", "{code}", "%co-de%"])
async def test_a_text_without_a_name_between_percent_signs_has_no_variable(lane: Any, text: str) -> None:
    assert (await created(lane, MessageText=text))["ValidationResult"]["Status"] == 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, None),
        ("", None),
        (" ", None),
        (",;", None),
        ("[]", None),
        ("code", ["code"]),
        ("code,name", ["code", "name"]),
        ("name; code", ["name", "code"]),
        ("name|code", ["name", "code"]),
        ("name\ncode", ["name", "code"]),
        ('["name","code"]', ["name", "code"]),
        ("code,code", ["code"]),
    ],
)
async def test_number_patterns_may_be_any_list(lane: Any, text: str | None, names: list[str] | None) -> None:
    """An empty one is null in the answer, and an empty array in the list."""
    reply = await created(lane, MessageText=TEXT, NumberPatterns=text)
    listed = orjson.loads((await lane.answer("PatternCodeList")).body)["Data"]

    assert reply["Data"]["NumberPatterns"] == names
    assert listed[-1] == {**reply["Data"], "NumberPatterns": names or []}


@pytest.mark.parametrize("names", ["Code", "%code%", "name code", "code,other", '["code",["name"]]', '["code", null]'])
async def test_a_name_that_is_no_variable_is_outside(lane: Any, names: str) -> None:
    """Case counts, and the percent signs are no part of a name; a null in a list is no name and is dropped."""
    number = (await created(lane, MessageText=TEXT, NumberPatterns=names))["ValidationResult"]["Status"]

    assert number == (1 if "null" in names else 5)


@pytest.mark.parametrize(
    ("text", "is_otp"),
    [
        ("True", True),
        ("true", True),
        ("TRUE", True),
        (" true ", True),
        ("1", True),
        ("False", False),
        ("false", False),
        ("0", False),
        ("", False),
        (None, False),
        ("yes", False),
        ("2", False),
    ],
)
async def test_is_otp_has_the_spellings_of_many_languages(lane: Any, text: str | None, *, is_otp: bool) -> None:
    """Nothing is an error: no status for a wrong one exists."""
    assert (await created(lane, IsOTP=text))["Data"]["IsOTP"] is is_otp
    assert lane.account.patterns[-1].is_otp is is_otp


@pytest.mark.parametrize(
    ("held", "number"),
    [([], 1001), ([5], 1001), ([1001], 1002), ([2000, 1500], 2001)],
)
async def test_the_number_of_a_pattern_is_the_next_free_one(lane: Any, held: list[int], number: int) -> None:
    """One above the highest, and never below the first."""
    lane.patch({"patterns": [{"id": each, "text": f"{each} %a%"} for each in held]})

    assert (await created(lane))["Data"]["ID"] == number
    assert [each.id for each in lane.account.patterns] == [*held, number]


@pytest.mark.parametrize(("option", "status"), [("waits", 0), ("at-once", 1)])
async def test_a_new_pattern_waits_or_is_approved_at_once(lane: Any, option: str, status: int) -> None:
    """As chosen; only an approved one may be sent."""
    lane.choices = {"amoot.pattern-approval": option}

    assert (await created(lane))["Data"]["Status"] == status
    sent = await lane.send("SendWithPattern", PatternCodeID="1002", PatternValues="Ali,4821")
    assert sent.cause == ("success" if status else "pattern_not_approved")


async def test_a_description_is_taken_and_not_told(lane: Any) -> None:
    reply = await created(lane, RequestDescription="for our shop")

    assert list(reply["Data"]) == ["ID", "Status", "IsOTP", "MessageText", "Patterns", "NumberPatterns"]


async def test_the_list_has_just_these_bytes(lane: Any) -> None:
    """The documented sample, and one without numbers in each other state."""
    lane.account = type(lane.account)(
        credit=0,
        price=0,
        lines=(),
        patterns=(
            Pattern(1001, "کد تایید شما: %code%", is_otp=True, number_patterns=("code",)),
            Pattern(1002, "%a%", status=3),
        ),
    )

    assert (await lane.answer("PatternCodeList")).body == (
        '{"Status":"Success","Data":[{"ID":1001,"Status":1,"IsOTP":true,"MessageText":"کد تایید شما: %code%",'
        '"Patterns":["code"],"NumberPatterns":["code"]},'
        '{"ID":1002,"Status":3,"IsOTP":false,"MessageText":"%a%","Patterns":["a"],"NumberPatterns":[]}]}'
    ).encode()


async def test_a_list_may_be_empty_and_a_refusal_has_an_empty_one(lane: Any) -> None:
    lane.patch({"patterns": []})

    assert (await lane.answer("PatternCodeList")).body == b'{"Status":"Success","Data":[]}'
    assert (await lane.answer("PatternCodeList", Token="wrong")).body == b'{"Status":"Token_Invalid","Data":[]}'


async def test_the_validation_has_numbers_of_its_own_whatever_statuses_are(lane: Any) -> None:
    """Only the Status at the top is one of the table."""
    lane.choices = {"amoot.status-format": "number"}
    taken, refused = await created(lane), await created(lane)

    assert [(each["Status"], each["ValidationResult"]["Status"]) for each in (taken, refused)] == [(1, 1), (0, 6)]


async def test_many_new_patterns_have_numbers_of_their_own(lane: Any) -> None:
    ids = [(await created(lane, MessageText=f"{n} %a%"))["Data"]["ID"] for n in range(20)]

    assert ids == list(itertools.islice(itertools.count(1002), 20))
