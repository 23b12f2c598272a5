"""Backup lines, and banks of numbers: who is sent to over which line, and which rows of a bank."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.amoot.steps import ACCOUNTS, CAMPAIGN, MESSAGES, MOVED, NOON, ask_data, ask_type

bank_case = partial(case, "amoot", "banks")

SIMPLE, BACKUP = "SendSimple", "SendWithBackupLine"
BANK, BANK_BACKUP, TREE = "SendBank", "SendBankWithBackupLine", "GetBankTree"
ONE, TWO = 9120000000, 9150000000
REFUSED = {"amoot.black-list": "refused"}
AS_SENDS = {"amoot.bank-rows": "as-sends"}
SMALL = [{"id": 5, "title": "Small", "count": 5}, {"id": 6, "title": "Other", "count": 5}]
BOTH = {BANK: (BANK,), BANK_BACKUP: (BANK_BACKUP,)}


async def ask_rows(amoot: Driver, name: str = BANK, **changes: Any) -> list[int]:
    """Send to the small bank, and give whom."""
    fields = {"BankID": "5", "Count": "5", **changes}
    return [row["Mobile"] for row in await ask_data(amoot, name, **fields)]


@bank_case(
    rule="Whoever is on the black list gets the message over the backup line, as an ordinary row at the same price.",
    sources=["R", "D, introduction"],
    needs=[*ACCOUNTS, *MESSAGES],
    choices=REFUSED,
    covers=["amoot.backup-line", "amoot.backup-shape"],
    kills=["amoot.backup-unused", "amoot.backup-for-all"],
)
async def rerouted(amoot: Driver) -> None:
    await amoot.account(black_list=[str(TWO)], credit=10_000, price=7)
    plain = expect(await amoot.call(SIMPLE, Mobiles=ONE), "success").json
    sent = expect(await amoot.call(BACKUP, Mobiles=f"{ONE},{TWO},123"), "success").json

    equal(
        [(row["Mobile"], row["MessageID"] > 0) for row in sent["Data"]], [(ONE, True), (TWO, True), (0, False)], "rows"
    )
    equal([list(each) for each in (sent, sent["Data"][1])], [list(plain), list(plain["Data"][0])], "keys")
    equal([row["Status"] for row in sent["Data"][:2]], [sent["Status"]] * 2, "statuses of rows")
    equal((sent["Price"], (await amoot.account_now())["credit"]), (14, 10_000 - 7 - 14), "price and credit")
    held = (await amoot.messages())[1:]
    equal([(each["to"], each["sender"]) for each in held], [(f"+98{ONE}", "public"), (f"+98{TWO}", "98")], "lines")


@bank_case(
    rule="A backup line that is empty, or none of the account, is refused; the line comes first.",
    sources=["S, status table, 6 and 13"],
    tier=Tier.NOTHING,
    covers=[
        "amoot.backup-line-empty",
        "amoot:backup_line_number_empty",
        "amoot:backup_line_number_not_exist",
        "amoot.bank-order-of-checks",
    ],
    rows={
        f"{name}-{row}": (name, *values)
        for name in (BACKUP, BANK_BACKUP)
        for row, values in {
            "missing": ({"BackupLineNumber": None}, "backup_line_number_empty"),
            "unknown": ({"BackupLineNumber": "30009999"}, "backup_line_number_not_exist"),
            "line-first": ({"LineNumber": None, "BackupLineNumber": None}, "line_number_empty"),
            "empty-first": ({"LineNumber": "30009999", "BackupLineNumber": None}, "backup_line_number_empty"),
        }.items()
    },
)
async def backup_lines(amoot: Driver, name: str, changes: Mapping[str, Any], outcome: str) -> None:
    expect(await amoot.call(name, **changes), outcome)


async def check_delivery(amoot: Driver, state: str, expected: int) -> None:
    await amoot.stop_clock(NOON)
    await amoot.account(black_list=[str(TWO)])
    sent = await ask_data(amoot, BACKUP, Mobiles=f"{ONE},{TWO}")
    ordinary, over = (row["MessageID"] for row in sent)
    for number in (ordinary, over):
        await amoot.bring_into(state, number)

    equal(
        [await ask_type(amoot, ordinary), await ask_type(amoot, over)], [1 if expected != 2 else 2, expected], "types"
    )


@bank_case(
    rule="What arrived over the backup line has the type 502; what did not arrive has 2, like any other.",
    sources=["C, list of types"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ACCOUNTS, *MOVED],
    choices={"amoot.backup-delivery": "over-backup-line"},
    covers=["amoot.backup-delivery=over-backup-line"],
    rows={"delivered": ("delivered", 502), "failed": ("failed", 2)},
)
async def backup_type(amoot: Driver, state: str, expected: int) -> None:
    await check_delivery(amoot, state, expected)


@bank_case(
    rule="Where that is chosen, what arrived over the backup line has the type 1, like any other.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ACCOUNTS, *MOVED],
    choices={"amoot.backup-delivery": "received"},
    covers=["amoot.backup-delivery=received"],
)
async def plain_type(amoot: Driver) -> None:
    await check_delivery(amoot, "delivered", 1)


@bank_case(
    rule="Rows count from 0 and are always the same numbers, each once; where fewer are left, these are sent to.",
    sources=["D, parameter table"],
    needs=ACCOUNTS,
    sends=6,
    choices={**AS_SENDS, **REFUSED},
    covers=["amoot.bank-numbers", "amoot.bank-from-row", "amoot.bank-count", "amoot.bank-campaign"],
    kills=["amoot.bank-rows-from-one", "amoot.bank-numbers-anew"],
    rows=BOTH,
)
async def rows_in_order(amoot: Driver, name: str) -> None:
    await amoot.account(banks=SMALL, black_list=[])
    whole = await ask_rows(amoot, name)

    equal(len(set(whole)), 5, "different numbers")
    equal({len(str(each)) for each in whole}, {10}, "digits")
    equal(await ask_rows(amoot, name, FromRow="1", Count="2"), whole[1:3], "two rows from the second on")
    equal(await ask_rows(amoot, name, FromRow="4", Count="2"), whole[4:], "the last row")
    equal(await ask_rows(amoot, name, FromRow="0", Count="1"), whole[:1], "the first row")
    equal(await ask_rows(amoot, name, FromRow="3", Count="1000"), whole[3:], "all that are left")
    true(set(await ask_rows(amoot, name, BankID="6")) != set(whole), "another bank has other numbers", whole)


@bank_case(
    rule="FromRow and Count that are missing, no whole numbers or out of bounds are refused, and an unknown bank is.",
    sources=["S, status table, 103, 104 and 112", "D, error samples"],
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    covers=[
        "amoot.bank-from-row",
        "amoot.bank-count",
        "amoot.bank-unknown",
        "amoot:from_row_invalid",
        "amoot:count_invalid",
        "amoot:bulk_id_invalid",
    ],
    rows={
        f"{name}-{row}": (name, *values)
        for name in BOTH
        for row, values in {
            "bank-missing": ({"BankID": None}, "bulk_id_invalid"),
            "bank-unknown": ({"BankID": "7"}, "bulk_id_invalid"),
            "bank-no-number": ({"BankID": "abc"}, "bulk_id_invalid"),
            "bank-zero": ({"BankID": "0"}, "bulk_id_invalid"),
            "bank-empty": ({"BankID": "8"}, "from_row_invalid"),
            "row-missing": ({"FromRow": None}, "from_row_invalid"),
            "row-no-number": ({"FromRow": "x"}, "from_row_invalid"),
            "row-below": ({"FromRow": "-1"}, "from_row_invalid"),
            "row-behind": ({"FromRow": "5"}, "from_row_invalid"),
            "count-missing": ({"Count": None}, "count_invalid"),
            "count-zero": ({"Count": "0"}, "count_invalid"),
            "count-below": ({"Count": "-1"}, "count_invalid"),
            "count-fraction": ({"Count": "1.5"}, "count_invalid"),
            "count-too-many": ({"Count": "1001"}, "count_invalid"),
            "bank-before-row": ({"BankID": "7", "FromRow": "-1"}, "bulk_id_invalid"),
            "row-before-count": ({"FromRow": "5", "Count": "0"}, "from_row_invalid"),
        }.items()
    },
)
async def wrong_rows(amoot: Driver, name: str, changes: Mapping[str, Any], outcome: str) -> None:
    await amoot.account(banks=[*SMALL, {"id": 8, "title": "Empty", "count": 0}])
    expect(await amoot.call(name, **{"BankID": "5", **changes}), outcome)


@bank_case(
    rule="At random rows from FromRow on are drawn, each once, and others at the next call.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    sends=5,
    choices=AS_SENDS,
    covers=["amoot.bank-random", "amoot.bank-order"],
    kills=["amoot.bank-random-the-same", "amoot.bank-random-from-start"],
    rows=BOTH,
)
async def drawn(amoot: Driver, name: str) -> None:
    await amoot.account(banks=[{"id": 5, "title": "Test", "count": 100}], black_list=[])
    whole = await ask_rows(amoot, name, Count="100")
    calls = [await ask_rows(amoot, name, Random="true", FromRow="40", Count="30") for _ in range(4)]

    for each in calls:
        equal(len(set(each)), 30, "different numbers")
        true(set(each) <= set(whole[40:]), "rows from FromRow on", each)
    true(len({tuple(each) for each in calls}) == 4, "other rows each time", calls)
    true(any(each != whole[40:70] for each in calls), "not one after the other", calls)


@bank_case(
    rule="Random counts before IsRandom, OrderType and SendOrderType, in any spelling; without any it is in order.",
    sources=["D, parameter table", "R", "W"],
    needs=ACCOUNTS,
    sends=2,
    choices=AS_SENDS,
    covers=["amoot.bank-order"],
    kills=["amoot.bank-order-of-json", "amoot.bank-order-type-first"],
    rows={
        "random": ({"Random": "True"}, True),
        "php": ({"Random": "1"}, True),
        "json": ({"Random": True}, True),
        "csharp": ({"Random": None, "IsRandom": "True"}, True),
        "order": ({"Random": None, "OrderType": "Random"}, True),
        "order-number": ({"Random": None, "OrderType": "1"}, True),
        "send-order": ({"Random": None, "SendOrderType": "Random"}, True),
        "not-random": ({"Random": "False", "OrderType": "Random"}, False),
        "is-random-first": ({"Random": None, "IsRandom": "false", "OrderType": "1"}, False),
        "order-first": ({"Random": None, "OrderType": "Sequential", "SendOrderType": "Random"}, False),
        "sequential": ({"Random": None, "SendOrderType": "Sequential"}, False),
        "number": ({"Random": None, "OrderType": "0"}, False),
        "none": ({"Random": None}, False),
    },
)
async def orders(amoot: Driver, changes: Mapping[str, Any], at_random: bool) -> None:  # noqa: FBT001  (a row's value)
    await amoot.account(banks=[{"id": 5, "title": "Test", "count": 100_000}], black_list=[])
    rows = await ask_rows(amoot, Count="5", Random="false")
    found = await ask_rows(amoot, Count="5", **changes)

    equal(found != rows, at_random, "drawn")


@bank_case(
    rule="A send to a bank is one campaign, charged for each row and reported like any other.",
    level=Level.SHOULD,
    needs=[*ACCOUNTS, *MESSAGES],
    choices={**AS_SENDS, **REFUSED},
    covers=["amoot.bank-campaign", "amoot.delivery-any-send"],
    kills=["amoot.bank-free"],
)
async def campaign(amoot: Driver) -> None:
    await amoot.account(banks=SMALL, black_list=[], credit=1000, price=10)
    sent = expect(await amoot.call(BANK, BankID="5", Count="3", SMSMessageText="Kod 4821"), "success").json

    rows = await ask_data(amoot, CAMPAIGN, CampaignID=sent["CampaignID"])
    told = [(str(row["Mobile"]), row["MessageID"]) for row in sent["Data"]]
    equal([(row["Number"], row["MessageID"]) for row in rows], told, "rows of the campaign")
    equal((sent["Price"], (await amoot.account_now())["credit"]), (30, 970), "price and credit")
    equal({(each["text"], each["sender"]) for each in await amoot.messages()}, {("Kod 4821", "public")}, "messages")


@bank_case(
    rule="On the black list a number of a bank is refused as a row, and gets the message over the backup line.",
    level=Level.SHOULD,
    needs=[*ACCOUNTS, *MESSAGES],
    choices={**AS_SENDS, **REFUSED},
    covers=["amoot.backup-line", "amoot.black-list=refused", "amoot.bank-campaign"],
    kills=["amoot.backup-unused"],
)
async def black_listed(amoot: Driver) -> None:
    await amoot.account(banks=SMALL, black_list=[])
    first, second = await ask_rows(amoot, Count="2")
    await amoot.account(black_list=[str(second)])
    refused = await ask_data(amoot, BANK, BankID="5", Count="2")
    over = await ask_data(amoot, BANK_BACKUP, BankID="5", Count="2")

    equal([(row["Mobile"], row["MessageID"] > 0) for row in refused], [(first, True), (second, False)], "refused")
    equal([(row["Mobile"], row["MessageID"] > 0) for row in over], [(first, True), (second, True)], "rerouted")
    equal([each["sender"] for each in (await amoot.messages())[-2:]], ["public", "98"], "lines")


@bank_case(
    rule="As the samples have it, a row has Number; with a backup line Mobile is a text, and UsedLine names that line.",
    sources=["D, samples"],
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={"amoot.bank-rows": "as-printed", "amoot.status-format": "name"},
    covers=["amoot.bank-rows=as-printed"],
    kills=["amoot.bank-used-line-always"],
)
async def as_printed(amoot: Driver) -> None:
    await amoot.account(banks=SMALL, black_list=[])
    first, second = (row["Number"] for row in await ask_data(amoot, BANK, BankID="5"))
    await amoot.account(black_list=[str(second)])
    plain, rerouted = await ask_data(amoot, BANK_BACKUP, BankID="5")

    equal((type(first), list(plain)), (int, ["Mobile", "MessageID", "Status"]), "type and keys")
    equal((plain["Mobile"], rerouted["Mobile"]), (f"0{first}", f"0{second}"), "numbers")
    equal(
        {**rerouted, "MessageID": 0},
        {"Mobile": f"0{second}", "MessageID": 0, "Status": "Success", "UsedLine": "98"},
        "row",
    )


@bank_case(
    rule="By the service description the rows of a bank are those of the other sends.",
    sources=["W", "R"],
    choices=AS_SENDS,
    covers=["amoot.bank-rows=as-sends"],
    rows=BOTH,
)
async def as_sends(amoot: Driver, name: str) -> None:
    sent = expect(await amoot.call(name), "success").json
    for row in sent["Data"]:
        equal([list(row), type(row["Mobile"])], [["Mobile", "MessageID", "Status"], int], "keys and type")
        equal(row["Status"], sent["Status"], "status of a row")


@bank_case(
    rule="A bank stands among the Children of the one that it is part of; one without parts has an empty array.",
    sources=["W"],
    tier=Tier.READS,
    needs=ACCOUNTS,
    choices={"amoot.bank-tree": "as-described", "amoot.status-format": "name"},
    covers=["amoot.bank-tree=as-described", "amoot.bank-tree-parts"],
    kills=["amoot.bank-tree-flat"],
)
async def tree(amoot: Driver) -> None:
    part = {"id": 3, "title": "Part", "count": 1, "parent": 2}
    inner = {"id": 9, "title": "Inner", "count": 4, "parent": 3}
    foreign = {"id": 4, "title": "Foreign", "count": 0, "parent": 77}
    await amoot.account(banks=[part, {"id": 2, "title": "Whole", "count": 6}, inner, foreign])

    leaf = {"ID": 9, "Children": [], "Title": "Inner", "Count": 4}
    branch = {"ID": 3, "Children": [leaf], "Title": "Part", "Count": 1}
    whole = {"ID": 2, "Children": [branch], "Title": "Whole", "Count": 6}
    alone = {"ID": 4, "Children": [], "Title": "Foreign", "Count": 0}
    body = orjson.dumps({"Status": "Success", "Data": [whole, alone]}).decode()
    equal((await amoot.call(TREE)).text, body, "body")


@bank_case(
    rule="As the sample has it, the banks stand in an object BankTree, with other names in another order.",
    sources=["D, sample"],
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=ACCOUNTS,
    choices={"amoot.bank-tree": "as-printed", "amoot.status-format": "name"},
    covers=["amoot.bank-tree=as-printed"],
)
async def printed_tree(amoot: Driver) -> None:
    await amoot.account(banks=[*SMALL[:1], {"id": 3, "title": "Part", "count": 1, "parent": 5}])

    part = {"Id": 3, "Title": "Part", "Count": 1, "Children": []}
    tree = [{"Id": 5, "Title": "Small", "Count": 5, "Children": [part]}]
    body = orjson.dumps({"Status": "Success", "Data": {"BankTree": tree}}).decode()
    equal((await amoot.call(TREE)).text, body, "body")
