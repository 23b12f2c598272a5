"""The forms of an SMSID."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import GENCODE, GENCODE_V5, JSON_SEND, TRANSPORTS
from tests.providers.esms.sends import GUID_ID, HEX_ID, multi_sent, ref_of, send

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

FORMS = {"guid-and-digits": GUID_ID, "hex-and-digits": f"{HEX_ID}[1-9][0-9]{{1,3}}", "hex": HEX_ID}
each_form = pytest.mark.parametrize("form", FORMS)


@each_form
@pytest.mark.parametrize("name", TRANSPORTS)
async def test_a_message_has_an_id_of_the_form_that_is_chosen(lane: Lane, name: str, form: str) -> None:
    """Choice smsid-opaque; refusals that have an id as well."""
    lane.choose(smsid_opaque=form)

    ids = [await send(lane, name) for _ in range(40)] + [ref_of(await lane.call(name, Content="x"))]

    assert all(re.fullmatch(FORMS[form], each) for each in ids)
    assert len(set(ids)) == len(ids)
    if form != "hex":
        assert {len(each) - min(map(len, ids)) for each in ids} == {0, 1, 2}


async def test_the_guid_is_the_default(lane: Lane) -> None:
    """Seen five times."""
    assert re.fullmatch(GUID_ID, await send(lane))
    assert re.fullmatch(GUID_ID, await multi_sent(lane))


@each_form
async def test_gencode_has_digits_alone(lane: Lane, form: str) -> None:
    """Both of them, whatever is chosen."""
    lane.choose(smsid_opaque=form)

    for name in (GENCODE, GENCODE_V5):
        assert re.fullmatch(HEX_ID, await send(lane, name))


async def test_a_send_is_found_by_its_id_in_every_form(lane: Lane) -> None:
    """Also when the lane has chosen another form since; exactly as it was told, and in no other spelling."""
    ids = []
    for form in FORMS:
        lane.choose(smsid_opaque=form)
        ids += [await send(lane), await multi_sent(lane), ref_of(await lane.call(JSON_SEND, Content="x"))]
    lane.choose(smsid_opaque="hex")

    for each in ids:
        for name in ("GetSendStatus", "GetSmsReceiverStatus_get"):
            assert '"100"' in await lane.call(name, RefId=each)
            assert '"105"' in await lane.call(name, RefId=each.upper() if each != each.upper() else each[:-1])
            assert '"105"' in await lane.call(name, RefId=each[:-1])
