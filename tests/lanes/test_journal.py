"""Secrets are masked before anything is kept."""

from __future__ import annotations

import pytest

from otp_sandbox.play.journal import BODY_MOST, MASK, mask_fields

SECRETS = frozenset({"apikey", "password"})


@pytest.mark.parametrize("name", ["ApiKey", "apikey", "APIKEY", "Password"])
def test_a_secret_is_masked_in_any_spelling_of_its_name(name: str) -> None:
    """Right or wrong, its value is not kept."""
    kept = mask_fields({name: "secret", "Phone": "0900000001"}, SECRETS)

    assert kept == {name: MASK, "Phone": "0900000001"}


def test_known_names_are_masked_and_no_others_looked_at() -> None:
    """The caller has made sure which fields can be secrets; one that is absent is not made up."""
    kept = mask_fields({"ApiKey": "secret", "Phone": "1"}, SECRETS, ("ApiKey", "SecretKey"))

    assert kept == {"ApiKey": MASK, "Phone": "1"}


def test_the_fields_themselves_are_left_as_they_were() -> None:
    """The request goes on with them."""
    fields = {"ApiKey": "secret"}

    mask_fields(fields, SECRETS)

    assert fields == {"ApiKey": "secret"}


@pytest.mark.parametrize(("length", "cut"), [(BODY_MOST, False), (BODY_MOST + 1, True)], ids=["at", "above"])
def test_what_is_too_long_is_cut(length: int, *, cut: bool) -> None:
    """Its length is told."""
    kept = mask_fields({"text": "a" * length}, SECRETS)["text"]

    assert kept.startswith("a" * BODY_MOST)
    assert kept.endswith(f"… ({length} characters)") is cut
