"""Nothing that is kept, logged or shown holds a secret: by what is known, and by the names of fields."""

from __future__ import annotations

import pytest

from otp_sandbox.lanes.secrets import MASK, Secrets
from otp_sandbox.play.redaction import NAME_MOST, TEXT_MOST, Redactor, looks_like_a_key

KNOWN = "SANDBOX-API-KEY"
DOCUMENTED = frozenset({"ApiKey", "SecretKey", "Phone", "message", "CallbackUrl", "UserTokenType"})


@pytest.fixture
def redactor() -> Redactor:
    secrets = Secrets()
    secrets.add(KNOWN)
    secrets.add("sandbox")
    return Redactor({"apikey", "secretkey", "username"}, secrets)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ApiKey",
            "apikey",
            "APIKEY",
            "Api_Key",
            " ApiKey",
            "ApiKey[]",
            "apik",
            "api-key",
            "api%4bey",
            "x.key",
        ),
        *(
            "Token",
            "access_token",
            "token[0]",
            "Password",
            "pass",
            "user",
            "SecretKey",
            "client-secret",
            "Authorization",
        ),
    ],
)
def test_a_secret_is_known_by_its_name(redactor: Redactor, name: str) -> None:
    """However it is spelled; its value is not kept, right or wrong."""
    shown, odd = redactor.fields({name: "K2"}, documented=())

    assert (list(shown.values()), odd) == ([MASK], True)


@pytest.mark.parametrize("name", ["Phone", "Content", "pas", "Keyword", "Type", "to", "key"])
def test_other_fields_are_kept(redactor: Redactor, name: str) -> None:
    assert redactor.fields({name: "abc"}, documented=())[0] == {name: "abc"}


def test_documented_fields_say_by_themselves_which_are_secrets(redactor: Redactor) -> None:
    fields = {"ApiKey": "k", "UserTokenType": "plain", "message": "your token: 123456", "pass": "p"}

    shown, _ = redactor.fields(fields, ("ApiKey", "SecretKey"), DOCUMENTED)

    assert shown == {"ApiKey": MASK, "UserTokenType": "plain", "message": "your token: 123456", "pass": MASK}
    assert fields["ApiKey"] == "k"


def test_where_nothing_is_odd_nothing_is_looked_at(redactor: Redactor) -> None:
    """Which is what nearly all requests are like."""
    fields = {"ApiKey": "k", "Phone": "0901234567", "message": "{OTP} la ma xac minh cua ban"}

    shown, odd = redactor.fields(fields, ("ApiKey",), size=100)

    assert (shown, odd) == ({**fields, "ApiKey": MASK}, False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f"see {KNOWN}.", f"see {MASK}."),
        (f"x{KNOWN}x", f"x{MASK}x"),
        ("sandbox", "sandbox"),  # a word of a message
        ("http://me:word@host/a?b=1&token=T&c", f"http://{MASK}@host/a?b=1&token={MASK}&c"),
        ('{"ApiKey":"K2","a":[{"pass":"p","b":1.50}]}', '{"ApiKey":"***","a":[{"pass":"***","b":1.5}]}'),
        ('{"a":1.50}', '{"a":1.50}'),
        ('{"ApiKey"', '{"ApiKey"'),
        ("[" * 3000, "[" * 3000),
    ],
)
def test_a_documented_value_is_redacted_by_what_it_holds(redactor: Redactor, value: str, shown: str) -> None:
    assert redactor.fields({"message": value}, size=len(value))[0] == {"message": shown}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"Token":"K",}', '{"Token":"***",}'),
        ("a;token=T;x", f"a;token={MASK};x"),
        ("Api_Key = 'K'", f"Api_Key = '{MASK}'"),
        ('{"data":{"ApiKey":"K2"}}', '{"data":{"ApiKey":"***"}}'),
        ("the sandbox", f"the {MASK}"),
        ("nothing: here", "nothing: here"),
    ],
)
def test_a_text_in_any_form_is_redacted(redactor: Redactor, text: str, shown: str) -> None:
    assert redactor.text(text) == shown
    assert next(iter(redactor.fields({text: ""}, documented=())[0])) == shown


@pytest.mark.parametrize(("length", "kept"), [(NAME_MOST, NAME_MOST), (NAME_MOST + 1, NAME_MOST)], ids=["at", "above"])
def test_names_are_cut(redactor: Redactor, length: int, kept: int) -> None:
    """A longer one is a body that was read as something else."""
    assert list(redactor.fields({"n" * length: "1"}, documented=())[0]) == ["n" * kept]


@pytest.mark.parametrize(("length", "cut"), [(TEXT_MOST, False), (TEXT_MOST + 1, True)], ids=["at", "above"])
def test_what_is_too_long_is_cut(redactor: Redactor, length: int, *, cut: bool) -> None:
    """Its length is told."""
    kept = redactor.fields({"message": "a" * length}, size=length + 8)[0]["message"]

    assert kept.startswith("a" * TEXT_MOST)
    assert kept.endswith(f"… ({length} characters)") is cut


def test_of_long_json_only_what_is_shown_is_looked_at(redactor: Redactor) -> None:
    """Secrets in it are masked by their names all the same, and its own length is told."""
    value = '[{"Token": "K", "text": "a"},' + '{"text": "a"},' * 10_000 + "{}]"

    kept = redactor.fields({"message": value}, documented={"message"})[0]["message"]

    assert kept.startswith('[{"Token": "***", "text": "a"},')
    assert kept.endswith(f"… ({len(value)} characters)")


def test_of_fields_that_no_operation_has_so_much_is_kept(redactor: Redactor) -> None:
    """The first ones; of the others the length is told, and secrets are secrets."""
    sent = {f"f{number}": "a" * TEXT_MOST for number in range(4)} | {"more": "abc", "token": "T", "none": ""}

    kept = redactor.fields(sent, documented=())[0]

    assert [kept[f"f{number}"] for number in range(4)] == ["a" * TEXT_MOST] * 4
    assert (kept["more"], kept["token"], kept["none"]) == ("… (3 characters)", MASK, "")


@pytest.mark.parametrize(
    ("path", "positions", "shown"),
    [
        (
            "/MainService.svc/json/GetListBrandnames/KEY/SECRET",
            {3, 4},
            "/MainService.svc/json/GetListBrandnames/***/***",
        ),
        ("//MainService.svc//json/X/KEY", {3}, "//MainService.svc//json/X/***"),
        ("/a/A1B2C3D4E5F6A7B8/b", (), "/a/***/b"),
        ("/a/A1B2C3D4E5F6A7B/b", (), "/a/A1B2C3D4E5F6A7B/b"),
        ("/GetListBrandnames", (), "/GetListBrandnames"),
        ("/x;token=T;y/z", (), "/x;token=***;y/z"),
        (f"/x/{KNOWN}/y", (), "/x/***/y"),
        ("/x/SANDBOX%2DAPI%2DKEY", (), "/x/***"),
        ("/x/sandbox", (), "/x/***"),
        ("/x/%2d", (), "/x/%2d"),
    ],
)
def test_a_path_is_redacted(redactor: Redactor, path: str, positions: set[int], shown: str) -> None:
    """By its places, by what is known, and by what looks like a key."""
    assert redactor.path(path, positions) == shown


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("A1B2C3D4E5F6A7B8", True),
        ("1234567890123456", True),
        ("A1B2C3D4E5F6A7B", False),
        ("ABCDEFGHIJKLMNOPQ", False),
        ("A1B2C3D4-E5F6A7B8", False),
        ("SANDBOX-API-KEY", False),
    ],
)
def test_keys_are_16_letters_and_digits(text: str, looks: bool) -> None:  # noqa: FBT001  (a column of the table)
    assert looks_like_a_key(text) is looks


def test_an_answer_loses_what_is_known(redactor: Redactor) -> None:
    """Also one that is no text."""
    assert redactor.content(f"<a>{KNOWN}</a>".encode() + b"\xff") == b"<a>***</a>\xff"
