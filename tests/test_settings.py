"""Settings: flags > environment > TOML file > defaults; what is wrong stops the start with its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from otp_sandbox.app import credential_keys
from otp_sandbox.contract import Provider
from otp_sandbox.redis_address import RedisAddress
from otp_sandbox.settings import READERS, SettingError, Settings, gathered, process_environment, some

KEYS = {"ESMS_API_KEY": ("esms", "ApiKey"), "AMOOT_TOKEN": ("amoot", "Token")}
NONE: Mapping[str, Any] = {}

GOOD = [
    ("host", "0.0.0.0", "0.0.0.0"),
    ("port", 0, 0),
    ("port", "65535", 65535),
    ("proxy_port", 0, 0),
    ("proxy_port", "65535", 65535),
    ("proxy_allow", "app.example, *.test,127.0.0.1", ("app.example", "*.test", "127.0.0.1")),
    ("proxy_allow", ["::1"], ("::1",)),
    ("tls_port", 0, 0),
    ("tls_port", "443", 443),
    ("state", "/var/lib/otp-sandbox", "/var/lib/otp-sandbox"),
    ("state", "", ""),
    ("store", "memory", "memory"),
    ("store", "sqlite:lanes.sqlite", "sqlite:lanes.sqlite"),
    ("store", "sqlite:/var/lib/otp sandbox/a.db", "sqlite:/var/lib/otp sandbox/a.db"),
    ("store", "redis://cache", RedisAddress("single", (("cache", 6379),))),
    ("store", "unix:///run/redis.sock", RedisAddress("single", socket="/run/redis.sock")),
    ("store_password", "s3c:r/é t", "s3c:r/é t"),
    ("store_password", "s3cret\r\n", "s3cret"),  # a Secret made from a file ends its line
    ("store_password", "", ""),
    ("store_prefix", "a", "a"),
    ("store_prefix", "!\"#$%&'()+,-./09:;<=>@AZ^_`az|~", "!\"#$%&'()+,-./09:;<=>@AZ^_`az|~"),
    ("store_prefix", "x" * 100, "x" * 100),
    ("store_sync", "0s", timedelta(0)),
    ("store_sync", "250ms", timedelta(milliseconds=250)),
    ("store_sync", "1m", timedelta(minutes=1)),
    ("seed", -(2**63), -(2**63)),
    ("seed", str(2**63 - 1), 2**63 - 1),
    ("control_token", "secret", "secret"),
    ("control_token", " a b~\n", "a b~"),
    ("control_token", "", ""),
    ("control_token", " \t\r\n ", ""),
    ("control_open", True, True),
    ("control_open", "Yes", True),
    ("control_open", "off", False),
    ("allowed_hosts", "a.example, b.example,", ("a.example", "b.example")),
    ("allowed_hosts", ["a.example"], ("a.example",)),
    ("allowed_hosts", "", ()),
    ("allowed_origins", "http://LocalHost:3000, https://app.test:443", ("http://localhost:3000", "https://app.test")),
    ("allowed_origins", ["http://[::1]:8080", "http://a_b-c.d:80"], ("http://[::1]:8080", "http://a_b-c.d")),
    ("allowed_origins", ["tauri://localhost", "http://a:8080"], None),
    ("allowed_origins", "", ()),
    ("callback_targets", "loopback,private,any", ("loopback", "private", "any")),
    ("callback_targets", ["10.0.0.0/8", "fd00::/8", "hooks.example", "my-app", "my_app"], None),
    ("any_credentials", "1", True),
    ("any_credentials", "FALSE", False),
    ("any_sender", "1", True),
    ("any_sender", "no", False),
    ("log_format", "json", "json"),
    ("log_requests", "no", False),
    ("ring", 1, 1),
    ("ring", "10000000", 10_000_000),
    ("journal_bytes", 2**40, 2**40),
    ("phone_records", 2**40, 2**40),
    ("lanes_most", "1", 1),
    ("lane_idle", "1h30m", timedelta(minutes=90)),
    ("lane_idle", "PT1H", timedelta(hours=1)),
    ("lane_idle", "1ms", timedelta(milliseconds=1)),
    ("lane_idle", "3653d", timedelta(days=3653)),
    ("body_most", 2**30, 2**30),
]

BAD = [
    ("host", 5, "a text"),
    ("host", "a\nb", "printable"),
    ("host", "\udcff", "printable"),
    ("port", -1, "a whole number from 0 to 65535"),
    ("port", 65536, "a whole number from 0 to 65535"),
    ("port", "http", "a whole number from 0 to 65535"),
    ("port", "", "a whole number"),
    ("port", 80.5, "a whole number"),
    ("port", True, "a whole number"),
    ("proxy_port", -1, "a whole number from 0 to 65535"),
    ("proxy_port", "none", "a whole number from 0 to 65535"),
    ("proxy_allow", "*", '"*.example.com"'),
    ("proxy_allow", "*.", '"*.example.com"'),
    ("proxy_allow", "a.*.example", '"*.example.com"'),
    ("proxy_allow", "http://app.example", "host names"),
    ("proxy_allow", ["app.example:80"], "without a port"),
    ("proxy_allow", 5, "a list of texts"),
    ("tls_port", 65536, "a whole number from 0 to 65535"),
    ("tls_port", "", "a whole number"),
    ("state", 5, "a text"),
    ("state", "a\nb", "printable"),
    ("store", "", '"memory", "sqlite:PATH" or "redis://HOST:PORT/0"'),
    ("store", "sqlite", '"sqlite:PATH"'),
    ("store", "sqlite:", '"sqlite:PATH"'),
    ("store", "sqlite:a\nb", '"sqlite:PATH"'),
    ("store", "redis", '"redis://HOST:PORT/0"'),
    ("store", "redis:localhost", '"redis://HOST:PORT/0"'),
    ("store", "redis://", '"host" or "host:port"'),
    ("store", "redsi://localhost", '"rediss://…" with TLS'),
    ("store", "redis://:s3cret@localhost:x", '"host" or "host:port"'),
    ("store", "redis:s3cret@localhost", '"redis://HOST:PORT/0"'),
    ("store", 5, '"sqlite:PATH"'),
    ("store_password", 5, "a text"),
    ("store_password", "s3c\nret", "printable"),
    ("store_password", "s3c\udcff", "printable"),
    *(("store_prefix", each, "1 to 100 printable ASCII") for each in ["", "x" * 101, "a b", "é", "a\nb", "a\x7f", 5]),
    *(("store_prefix", f"a{each}", "without blanks, { } * ? [ ] and \\") for each in "{}*?[]\\"),
    ("store_sync", "1m1ms", "a duration from 0s to 1m"),
    ("store_sync", "-1s", "is not a duration"),
    ("store_sync", "soon", "is not a duration"),
    ("seed", 2**63, f"a whole number from {-(2**63)} to {2**63 - 1}"),
    ("control_token", 5, "a text"),
    ("control_token", "s3cret\nmore", "printable ASCII"),
    ("control_token", "s3crét", "printable ASCII"),
    ("control_token", "s3cr\udcff", "printable ASCII"),
    ("control_open", "maybe", "true or false"),
    ("control_open", 1, "true or false"),
    ("allowed_hosts", 5, "a list of texts"),
    ("allowed_hosts", ["a", 5], "a list of texts"),
    ("allowed_hosts", ["a", "\udcff"], "a list of texts"),
    ("allowed_hosts", "a,\udcff", "a list of texts"),
    ("allowed_origins", 5, "a list of texts"),
    ("allowed_origins", "*", 'origins like "http://localhost:3000"'),
    ("allowed_origins", "null", "origins like"),
    ("allowed_origins", "localhost:3000", "origins like"),
    ("allowed_origins", "http://localhost:3000/", "origins like"),
    ("allowed_origins", "http://localhost:", "origins like"),
    ("allowed_origins", "http://localhost:0", "origins like"),
    ("allowed_origins", "http://*.test", "origins like"),
    ("allowed_origins", "http://user@localhost", "origins like"),
    ("allowed_origins", ["http://a", "//b"], "origins like"),
    ("callback_targets", "10.0.0.1/8", "networks like"),
    ("callback_targets", "http://hooks.example", "host names"),
    ("callback_targets", 5, "a list of texts"),
    ("any_credentials", "", "true or false"),
    ("any_sender", "2", "true or false"),
    ("log_format", "xml", "text or json"),
    ("log_format", ["json"], "text or json"),
    ("log_requests", "2", "true or false"),
    ("ring", 0, "a whole number from 1 to 10000000"),
    ("journal_bytes", 0, "a whole number from 1 to"),
    ("phone_records", 0, "a whole number from 1 to"),
    ("lanes_most", 0, "a whole number from 1 to"),
    ("lane_idle", "soon", '"2m1s"'),
    ("lane_idle", 5, '"2m1s"'),
    ("lane_idle", "0s", "longer than 0s"),
    ("lane_idle", "3653d1ms", "no longer than 3653d"),
    ("lane_idle", "999999999d", "no longer than 3653d"),
    ("body_most", 2**30 + 1, "a whole number from 1 to"),
]


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str], Path]:
    """Write a configuration file."""

    def write(text: str) -> Path:
        path = tmp_path / "sandbox.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def refusal(flags: Mapping[str, Any] = NONE, environment: Mapping[str, str] = NONE) -> str:
    with pytest.raises(SettingError) as stopped:
        gathered(flags, environment, KEYS)
    return str(stopped.value)


def test_without_any_setting_the_defaults_hold() -> None:
    """Loopback, port 6877, everything closed."""
    settings = gathered({}, {}, {})

    assert settings == Settings()
    assert (settings.host, settings.port, settings.control_open) == ("", 6877, False)


def test_flags_beat_the_environment_which_beats_the_file(toml: Callable[[str], Path]) -> None:
    """Each level only where the ones above are silent."""
    path = toml("port = 1\nseed = 1\nring = 1\n")

    settings = gathered(
        {"config": str(path), "port": "3", "seed": None}, {"OTP_SANDBOX_PORT": "2", "OTP_SANDBOX_SEED": "2"}, {}
    )

    assert (settings.port, settings.seed, settings.ring, settings.lanes_most) == (3, 2, 1, Settings().lanes_most)


def test_a_flag_that_is_false_is_given(toml: Callable[[str], Path]) -> None:
    """Only a flag that is None is absent."""
    path = toml("control_open = true\nport = 1\n")

    settings = gathered({"config": str(path), "control_open": False, "port": 0}, {}, {})

    assert (settings.control_open, settings.port) == (False, 0)


def test_the_environment_may_name_the_file(toml: Callable[[str], Path]) -> None:
    """A flag names another one."""
    path = toml("port = 1\n")

    by_environment = gathered({}, {"OTP_SANDBOX_CONFIG": str(path)}, {})
    by_flag = gathered({"config": str(path)}, {"OTP_SANDBOX_CONFIG": "nowhere.toml"}, {})

    assert by_environment.port == by_flag.port == 1


def test_the_environment_of_others_is_not_looked_at() -> None:
    """Nor the client's own variable."""
    settings = gathered(
        {}, {"PORT": "1", "otp_sandbox_port": "1", "OTP_SANDBOX_URL": "http://127.0.0.1:1", "OTP": "x"}, KEYS
    )

    assert settings == Settings()


@pytest.mark.parametrize(("key", "value", "read"), GOOD)
def test_a_good_value_is_read(key: str, value: Any, read: Any) -> None:
    """From a flag as from TOML; a list stays the list that it is."""
    settings = gathered({key: value}, {}, {})

    assert getattr(settings, key) == (tuple(value) if read is None else read)


@pytest.mark.parametrize(("key", "value", "hint"), BAD)
def test_a_wrong_value_is_refused_by_name_with_what_would_be_right(key: str, value: Any, hint: str) -> None:
    """The text shows the value too, unless it is a secret."""
    text = refusal({key: value})

    assert text.startswith("--" + key.replace("_", "-") + ": ")
    hidden = key in ("control_token", "store_password") or (
        key == "store" and str(value).startswith(("redis:", "redsi:"))
    )
    assert (repr(value) in text) is not hidden
    assert "s3c" not in text
    assert hint in text


def test_the_password_of_the_store_may_be_a_setting_of_its_own() -> None:
    """It takes the place of the one in the URL, so that a Secret can be a variable."""
    url = {"store": "redis://sandbox:weak@cache"}

    of_its_own = gathered(url, {"OTP_SANDBOX_STORE_PASSWORD": "s3cret"}, KEYS).redis
    of_the_url = gathered(url, {}, KEYS).redis
    without = gathered({"store": "memory"}, {"OTP_SANDBOX_STORE_PASSWORD": "s3cret"}, KEYS)

    assert of_its_own is not None
    assert (of_its_own.username, of_its_own.password) == ("sandbox", "s3cret")
    assert of_the_url is not None
    assert of_the_url.password == "weak"
    assert (without.store, without.redis) == ("memory", None)


def test_settings_show_no_secret() -> None:
    """Whoever prints them, in whatever way."""
    settings = gathered(
        {"store": "redis+sentinel://user:s3cret1@cache/main?sentinel_password=s3cret2"},
        {"OTP_SANDBOX_STORE_PASSWORD": "s3cret3", "OTP_SANDBOX_CONTROL_TOKEN": "s3cret4"},
        KEYS,
    )

    shown = [repr(settings), str(settings), repr(settings.redis), f"{settings.redis}", f"{settings.store}"]
    assert [each for each in shown if "s3cret" in each] == []
    assert settings.redis is not None
    assert settings.redis.secrets == ("s3cret3", "s3cret2")


def test_every_setting_has_good_and_bad_values_here() -> None:
    """A new setting brings its rows along."""
    given = {each.name for each in fields(Settings)} - {"credentials", "lanes"}

    assert given == set(READERS)
    assert {key for key, *_ in GOOD} == {key for key, *_ in BAD} == set(READERS)


def test_each_source_names_a_wrong_value_its_own_way(toml: Callable[[str], Path]) -> None:
    """As the reader wrote it."""
    path = toml('log_format = "xml"\n')

    texts = [
        refusal({"log_format": "xml"}),
        refusal(environment={"OTP_SANDBOX_LOG_FORMAT": "xml"}),
        refusal({"config": str(path)}),
    ]

    assert [text.partition(" is not right")[0] for text in texts] == [
        "--log-format: 'xml'",
        "OTP_SANDBOX_LOG_FORMAT: 'xml'",
        f"{path}: log_format: 'xml'",
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("OTP_SANDBOX_PROT", "did you mean port?"),
        ("OTP_SANDBOX_LOGFORMAT", "did you mean log_format?"),
        ("OTP_SANDBOX_ESMS_APIKEY", "did you mean esms_api_key?"),
        ("OTP_SANDBOX_QQQ", "known are allowed_hosts, allowed_origins, any_credentials"),
        ("OTP_SANDBOX_", "known are allowed_hosts"),
        ("OTP_SANDBOX_LANES", "did you mean lanes_most?"),
        ("OTP_SANDBOX_CREDENTIALS", "did you mean any_credentials?"),
    ],
)
def test_an_unknown_variable_is_refused_with_a_guess(name: str, hint: str) -> None:
    """Lanes and credentials as a whole are none either."""
    text = refusal(environment={name: "1"})

    assert text.startswith(f"{name}: unknown setting; ")
    assert hint in text


@pytest.mark.parametrize("key", ["prot", "Port", "credentials"])
def test_an_unknown_key_of_the_file_is_refused(toml: Callable[[str], Path], key: str) -> None:
    """With the name of the file."""
    path = toml(f"{key} = 1\n")

    text = refusal({"config": str(path)})

    assert text.startswith(f"{path}: {key}: unknown setting; did you mean ")


def test_credentials_of_the_default_lane_come_from_the_environment() -> None:
    """A sidecar's application has its keys fixed."""
    settings = gathered({}, {"OTP_SANDBOX_ESMS_API_KEY": "KEY", "OTP_SANDBOX_AMOOT_TOKEN": "TOKEN"}, KEYS)

    assert settings.credentials == {"esms": {"ApiKey": "KEY"}, "amoot": {"Token": "TOKEN"}}


def test_each_provider_offers_the_variables_of_its_credentials(providers: Mapping[str, Provider]) -> None:
    """They are named for provider and credential."""
    keys = credential_keys(providers)

    assert keys == {
        "ESMS_API_KEY": ("esms", "ApiKey"),
        "ESMS_SECRET_KEY": ("esms", "SecretKey"),
        "AMOOT_TOKEN": ("amoot", "Token"),
        "AMOOT_USER_NAME": ("amoot", "UserName"),
        "AMOOT_PASSWORD": ("amoot", "Password"),
        "THUESIM_TOKEN": ("thuesim", "token"),
        "VIOTP_TOKEN": ("viotp", "token"),
    }


@pytest.mark.parametrize("value", ["", " ", "x" * 201, "a\nb", "\udcff"])
def test_a_credential_that_no_request_can_carry_is_refused(value: str) -> None:
    """By its name; it would lock everybody out, or could not be shown. Its value is not repeated."""
    text = refusal(environment={"OTP_SANDBOX_AMOOT_TOKEN": value})

    assert text == "OTP_SANDBOX_AMOOT_TOKEN: is not right; it takes 1 to 200 printable characters"


def test_a_credential_may_be_long() -> None:
    """And of any letters."""
    settings = gathered({}, {"OTP_SANDBOX_AMOOT_TOKEN": "ключ" * 50}, KEYS)

    assert settings.credentials == {"amoot": {"Token": "ключ" * 50}}


OF_A_SERVICE = {
    "OTP_SANDBOX_SERVICE_HOST": "10.0.0.1",
    "OTP_SANDBOX_SERVICE_PORT": "6877",
    "OTP_SANDBOX_SERVICE_PORT_HTTP": "6877",
    "OTP_SANDBOX_PORT": "tcp://10.0.0.1:6877",
    "OTP_SANDBOX_PORT_6877_TCP": "tcp://10.0.0.1:6877",
    "OTP_SANDBOX_PORT_6877_TCP_PROTO": "tcp",
    "OTP_SANDBOX_PORT_6877_TCP_PORT": "6877",
    "OTP_SANDBOX_PORT_6877_TCP_ADDR": "10.0.0.1",
    "OTP_SANDBOX_WEB_SERVICE_HOST": "10.0.0.2",
    "OTP_SANDBOX_WEB_SERVICE_PORT_TLS": "443",
    "OTP_SANDBOX_WEB_PORT": "udp://10.0.0.2:53",
    "OTP_SANDBOX_WEB_PORT_53_UDP_ADDR": "10.0.0.2",
    # Services whose names make settings of ours: otp-sandbox-tls and otp-sandbox-proxy
    "OTP_SANDBOX_SERVICE_PORT_TLS": "443",
    "OTP_SANDBOX_TLS_SERVICE_HOST": "10.0.0.3",
    "OTP_SANDBOX_TLS_PORT": "tcp://10.0.0.3:443",
    "OTP_SANDBOX_TLS_PORT_443_TCP": "tcp://10.0.0.3:443",
    "OTP_SANDBOX_TLS_PORT_443_TCP_PORT": "443",
    "OTP_SANDBOX_PROXY_SERVICE_PORT_PROXY": "3128",
    "OTP_SANDBOX_PROXY_PORT": "tcp://10.0.0.4:3128",
    "OTP_SANDBOX_PROXY_PORT_3128_TCP_ADDR": "10.0.0.4",
    # A container that Docker links under our name, as GitLab's runner does with services
    "OTP_SANDBOX_NAME": "/runner-1-project-2-build/otp-sandbox",
    "OTP_SANDBOX_ENV_OTP_SANDBOX_HOST": "0.0.0.0",
    "OTP_SANDBOX_ENV_http_proxy": "",
}


def test_what_kubernetes_says_of_a_service_of_our_name_is_not_ours() -> None:
    """Nor of one whose name begins with ours: start-up goes on with the defaults."""
    assert gathered({}, OF_A_SERVICE, KEYS) == Settings()


@pytest.mark.parametrize("name", ["port", "tls_port", "proxy_port"])
def test_a_port_beside_a_service_of_our_name_is_ours(name: str) -> None:
    """Only the value tells whose it is."""
    environment = OF_A_SERVICE | {f"OTP_SANDBOX_{name.upper()}": "1"}

    assert getattr(gathered({}, environment, KEYS), name) == 1
    assert getattr(some((name,), None, environment), name) == 1


@pytest.mark.parametrize("name", ["port", "tls_port", "proxy_port"])
def test_a_command_too_takes_no_port_of_a_service(name: str) -> None:
    assert some((name,), None, OF_A_SERVICE) == Settings()


@pytest.mark.parametrize(
    "variable",
    [
        {"OTP_SANDBOX_PORT": "http://10.0.0.1:6877"},
        {"OTP_SANDBOX_HOST_PORT": "6877"},
        {"OTP_SANDBOX_PORT_6877": "tcp://10.0.0.1:6877"},
        {"OTP_SANDBOX_PORT_X_TCP": "tcp://10.0.0.1:6877"},
        {"OTP_SANDBOX_SEED": "tcp://10.0.0.1:6877"},
        {"OTP_SANDBOX_SERVICE": "10.0.0.1"},
        {"OTP_SANDBOX_TLS_PORT": "https://10.0.0.1:443"},
        {"OTP_SANDBOX_NAME": "otp-sandbox"},
        {"OTP_SANDBOX_ENV": "test"},
    ],
)
def test_what_no_service_sets_is_still_refused(variable: dict[str, str]) -> None:
    """By its name."""
    (name,) = variable

    assert refusal(environment=variable).startswith(f"{name}: ")


def test_some_settings_can_be_read_alone(toml: Callable[[str], Path]) -> None:
    """From the environment before the file, which it may name; others may be as wrong as they like."""
    path = toml('port = 1\nhost = "::1"\nnonsense = 1\nring = "x"\n')
    environment = {"OTP_SANDBOX_CONFIG": str(path), "OTP_SANDBOX_PORT": "2", "OTP_SANDBOX_RING": "x"}

    both = some(("host", "port"), None, environment)
    one = some(("host",), str(path), {"OTP_SANDBOX_CONFIG": "/nowhere"})
    none = some((), None, {"OTP_SANDBOX_PORT": "x"})

    assert (both.host, both.port) == ("::1", 2)
    assert (one.host, one.port) == ("::1", 6877)
    assert none == Settings()


@pytest.mark.parametrize(
    ("text", "environment", "words"),
    [
        ("", {"OTP_SANDBOX_PORT": "x"}, ["OTP_SANDBOX_PORT", "65535"]),
        ('port = "x"', {}, ["port", "65535"]),
        ("port = ", {}, ["is not TOML"]),
    ],
)
def test_what_is_asked_for_alone_has_to_be_right(
    toml: Callable[[str], Path], text: str, environment: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(SettingError) as stopped:
        some(("port",), str(toml(text)), environment)

    assert [word for word in words if word not in str(stopped.value)] == []


def test_lanes_of_the_file_are_handed_on(toml: Callable[[str], Path]) -> None:
    """What stands in them is read when they are made."""
    path = toml('[lanes.default]\nseed = 1\n[lanes.team]\nttl = "1h"\naccounts.esms.balance = 5\n')

    settings = gathered({"config": str(path)}, {}, {})

    assert settings.lanes == {"default": {"seed": 1}, "team": {"ttl": "1h", "accounts": {"esms": {"balance": 5}}}}


@pytest.mark.parametrize("text", ["lanes = 1", 'lanes = ["a"]', "[lanes]\na = 1", "[[lanes]]\nid = 'a'"])
def test_lanes_that_are_no_tables_are_refused(toml: Callable[[str], Path], text: str) -> None:
    """The text says what to write."""
    path = toml(text)

    assert refusal({"config": str(path)}) == f"{path}: lanes: write [lanes.NAME] tables"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With its name."""
    path = tmp_path / "nowhere.toml"

    assert refusal({"config": str(path)}) == f"{path}: cannot be read (No such file or directory)"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """With its name."""
    assert refusal({"config": str(tmp_path)}).startswith(f"{tmp_path}: cannot be read (")


def test_a_file_that_is_too_deep_is_refused(toml: Callable[[str], Path]) -> None:
    """In one line, with its name."""
    path = toml("lanes = " + "[" * 5_000 + "]" * 5_000)

    assert refusal({"config": str(path)}).startswith(f"{path}: is ")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """As programs on Windows write it."""
    path = tmp_path / "sandbox.toml"
    path.write_bytes(b"\xef\xbb\xbfseed = 7\n")

    assert gathered({"config": str(path)}, {}, {}).seed == 7


@pytest.mark.parametrize(
    "text", [b"\xff\xfes\x00=\x007\x00", b"port = ", b"[lanes", b"port = 1\nport = 2\n", b"host = '\xff'\n"]
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: bytes) -> None:
    """In one line, with its name."""
    path = tmp_path / "sandbox.toml"
    path.write_bytes(text)

    found = refusal({"config": str(path)})

    assert found.startswith(f"{path}: is not TOML (")
    assert "\n" not in found


@pytest.mark.parametrize(
    ("host", "beyond"),
    [
        ("", False),
        ("localhost", False),
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("::1", False),
        ("0.0.0.0", True),
        ("::", True),
        ("10.0.0.1", True),
        ("2001:db8::1", True),
        ("sandbox", True),
        ("localhost.example", True),
    ],
)
def test_only_loopback_addresses_are_out_of_reach(host: str, *, beyond: bool) -> None:
    """A name that could be anything counts as reachable by others."""
    assert Settings(host=host).beyond_loopback is beyond


def test_the_environment_is_this_process_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is now."""
    monkeypatch.setenv("OTP_SANDBOX_PORT", "1")

    assert process_environment()["OTP_SANDBOX_PORT"] == "1"
