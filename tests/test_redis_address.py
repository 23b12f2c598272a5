"""The URL of a Redis: what it says, and what is wrong with it, without ever repeating a part of it."""

from __future__ import annotations

import re

import pytest

from otp_sandbox.redis_address import RedisAddress, read

ONE = (("cache", 6379),)
SENTINELS = (("a", 26379), ("b", 5), ("::1", 26379))

GOOD = [
    ("redis://cache", RedisAddress("single", ONE)),
    ("redis://cache/", RedisAddress("single", ONE)),
    ("redis://cache:1", RedisAddress("single", (("cache", 1),))),
    ("redis://cache:65535/3", RedisAddress("single", (("cache", 65535),), database=3)),
    ("redis://127.0.0.1", RedisAddress("single", (("127.0.0.1", 6379),))),
    ("redis://[2001:DB8::1]:7", RedisAddress("single", (("2001:db8::1", 7),))),
    (
        "redis://my_cache-1.team.svc.cluster.local.",
        RedisAddress("single", (("my_cache-1.team.svc.cluster.local.", 6379),)),
    ),
    ("redis://:s3cret@cache", RedisAddress("single", ONE, password="s3cret")),
    ("redis://user:s3cret@cache", RedisAddress("single", ONE, username="user", password="s3cret")),
    ("redis://user@cache", RedisAddress("single", ONE, username="user")),
    (
        "redis://user:s3:c%40%2F%3f%23%25%C3%A9+@cache",
        RedisAddress("single", ONE, username="user", password="s3:c@/?#%é+"),
    ),
    ("rediss://cache", RedisAddress("single", ONE, tls=True)),
    ("valkey://cache", RedisAddress("single", ONE)),
    ("valkeys://cache", RedisAddress("single", ONE, tls=True)),
    ("unix:///run/redis.sock", RedisAddress("single", socket="/run/redis.sock")),
    (
        "unix://user:s3cret@/run/a%20b.sock?db=2&timeout=1",
        RedisAddress("single", socket="/run/a b.sock", username="user", password="s3cret", database=2, timeout=1.0),
    ),
    ("redis+sentinel://a,b:5,[::1]/main", RedisAddress("sentinel", SENTINELS, service="main")),
    ("redis+sentinel://a,b:5,[::1]/main/2", RedisAddress("sentinel", SENTINELS, service="main", database=2)),
    ("redis+sentinel://a,b:5,[::1]/main/", RedisAddress("sentinel", SENTINELS, service="main")),
    (
        "rediss+sentinel://u:s3cret1@a/main?sentinel_username=v&sentinel_password=s3cret%202&timeout=0.05",
        RedisAddress(
            "sentinel",
            SENTINELS[:1],
            tls=True,
            username="u",
            password="s3cret1",
            service="main",
            sentinel_username="v",
            sentinel_password="s3cret 2",
            timeout=0.05,
        ),
    ),
    ("valkeys+sentinel://a/main", RedisAddress("sentinel", SENTINELS[:1], tls=True, service="main")),
    ("redis+cluster://cache", RedisAddress("cluster", ONE)),
    ("redis+cluster://:s3cret@cache,b:7/0", RedisAddress("cluster", (*ONE, ("b", 7)), password="s3cret")),
    ("valkey+cluster://cache/", RedisAddress("cluster", ONE)),
    (
        "rediss+cluster://cache?ssl_ca_certs=/etc/ca.crt&ssl_certfile=/c&ssl_keyfile=/k&ssl_check_hostname=false&timeout=60",
        RedisAddress(
            "cluster",
            ONE,
            tls=True,
            ssl_ca_certs="/etc/ca.crt",
            ssl_certfile="/c",
            ssl_keyfile="/k",
            ssl_check_hostname=False,
            timeout=60.0,
        ),
    ),
    ("rediss://cache?ssl_cert_reqs=none", RedisAddress("single", ONE, tls=True, ssl_cert_reqs="none")),
    ("rediss://cache?ssl_cert_reqs=required&", RedisAddress("single", ONE, tls=True)),
    ("redis+cluster://" + ",".join(["a"] * 100), RedisAddress("cluster", (("a", 6379),) * 100)),
]

BAD = [
    ("redis:/cache", "redis+sentinel://host:port"),
    ("http://s3cret", "redis+sentinel://host:port"),
    ("REDIS://cache", "redis+sentinel://host:port"),
    ("redis-sentinel://cache/main", "redis+sentinel://host:port"),
    ("redis://s3 cret@cache", "redis+cluster://host:port"),
    ("redis://s3cret\n@cache", "redis+cluster://host:port"),
    ("redis://", '"host" or "host:port"'),
    ("redis:///0", '"host" or "host:port"'),
    ("redis://:s3cret@", '"host" or "host:port"'),
    ("redis://:s3cret", '"host" or "host:port"'),
    ("redis://cache:", '"host" or "host:port"'),
    ("redis://cache:s3cret", '"host" or "host:port"'),
    ("redis://cache:0", "a port from 1 to 65535"),
    ("redis://cache:65536", "a port from 1 to 65535"),
    ("redis://[::1", '"host:port"'),
    ("redis://[::s3]", '"host:port"'),
    ("redis://[1.2.3.4]", "an IPv6 address in brackets"),
    ("redis://::1", '"host:port"'),
    ("redis://cåche", '"host:port"'),
    ("redis://:s3@cret@cache", "one @, before the host"),
    ("redis://:s3/cret@cache", "%2F"),
    ("redis://:s3?cret@cache", "%3F"),
    ("redis://:s3#cret@cache", "a URL without #"),
    ("redis://:s3%cret@cache", "two hexadecimal digits after each %"),
    ("redis://:s3%@cache", "two hexadecimal digits after each %"),
    ("redis://:s3c%ff@cache", "percent-encoded as UTF-8"),
    ("redis://:s3c%0aret@cache", "printable characters"),
    ("redis://a,b", "one host; several"),
    ("redis://cache/one", "the number of a database"),
    ("redis://cache/-1", "the number of a database"),
    ("redis://cache/1/2", "the number of a database"),
    ("redis://cache/1234567890", "the number of a database"),
    ("redis://cache?db=1", "options of this kind of URL: timeout"),
    ("redis://cache?s3cret", "options of this kind of URL: timeout"),
    ("redis://cache?password=s3cret", "options of this kind of URL: timeout"),
    ("redis://cache?ssl_ca_certs=/ca.crt", "options of this kind of URL: timeout"),
    ("rediss://cache?ssl_cacerts=/ca.crt", "ssl_ca_certs, ssl_cert_reqs, ssl_certfile"),
    ("rediss://cache?ssl_cert_reqs=optional", "ssl_cert_reqs required or none"),
    ("rediss://cache?ssl_check_hostname=no", "ssl_check_hostname true or false"),
    ("redis://cache?timeout=1&timeout=2", "timeout once"),
    ("redis://cache?timeout=0.049", "seconds from 0.05 to 60"),
    ("redis://cache?timeout=60.001", "seconds from 0.05 to 60"),
    ("redis://cache?timeout=2s", "seconds from 0.05 to 60"),
    ("redis://cache?timeout=", "seconds from 0.05 to 60"),
    ("redis+sentinel://a", "the name that the sentinels have"),
    ("redis+sentinel://a/", "the name that the sentinels have"),
    ("redis+sentinel://a//0", "the name that the sentinels have"),
    ("redis+sentinel://a/ma%20in", "the name that the sentinels have"),
    ("redis+sentinel://a/main/x", "the number of a database"),
    ("redis+sentinel://a,,b/main", '"host" or "host:port" (host 2)'),
    ("redis+sentinel://a,b:0/main", "a port from 1 to 65535 (host 2)"),
    ("redis+cluster://a,", "(host 2)"),
    ("redis+cluster://a/1", "no database"),
    ("redis+cluster://a?sentinel_password=s3cret", "options of this kind of URL: timeout"),
    ("redis+cluster://" + ",".join(["a"] * 101), "at most 100 hosts"),
    ("unix://run/redis.sock", "the absolute path of a socket"),
    ("unix://", "the absolute path of a socket"),
    ("unix:///", "the absolute path of a socket"),
    ("unix:///run/redis.sock?db=x", "the number of a database"),
    ("unix:///run/redis.sock?ssl_ca_certs=/a", "options of this kind of URL: db, timeout"),
]


@pytest.mark.parametrize(("url", "address"), GOOD)
def test_a_url_says_where_a_redis_is(url: str, address: RedisAddress) -> None:
    assert read(url) == address


@pytest.mark.parametrize(("url", "hint"), BAD)
def test_what_is_wrong_is_said_without_repeating_it(url: str, hint: str) -> None:
    """Any part of a URL that is wrong may be a part of the password."""
    with pytest.raises(ValueError, match=re.escape(hint)) as stopped:
        read(url)

    text = str(stopped.value)
    assert "s3" not in text
    assert "cret" not in text
    assert "\n" not in text


@pytest.mark.parametrize(("url", "address"), GOOD)
def test_no_text_of_it_holds_a_secret(url: str, address: RedisAddress) -> None:
    texts = [str(address), repr(address), f"{address}", f"{address!r:.1000}"]

    assert [each for each in texts if "s3c" in each or "user" in each.replace("username", "")] == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("valkey://user:s3cret@cache", "redis://***@cache:6379/0"),
        ("redis://user@cache/1", "redis://***@cache:6379/1"),
        ("rediss://[::1]:7?ssl_cert_reqs=none", "rediss://[::1]:7/0"),
        ("unix://:s3cret@/run/redis.sock?db=1", "unix://***@/run/redis.sock?db=1"),
        ("rediss+sentinel://a,b:5/main/2?sentinel_password=s3cret", "rediss+sentinel://a:26379,b:5/main/2"),
        ("redis+cluster://a,[::1]:5", "redis+cluster://a:6379,[::1]:5"),
    ],
)
def test_it_is_shown_as_a_url_that_is_read_again(url: str, shown: str) -> None:
    assert str(read(url)) == shown
    assert read(shown.replace("***@", "")).hosts == read(url).hosts


def test_a_password_can_be_put_in() -> None:
    """The empty one is none."""
    address = read("redis://user:s3cret@cache")

    assert address.with_password("other").password == "other"
    assert address.with_password("") is address


def test_tls_is_said_as_redis_py_wants_it() -> None:
    """Nothing without TLS; and a certificate that nobody looks at has no host name to check."""
    secure = read("rediss://cache?ssl_ca_certs=/ca.crt").ssl

    assert read("redis://cache").ssl == {}
    assert secure["ssl"]
    assert (secure["ssl_ca_certs"], secure["ssl_cert_reqs"], secure["ssl_check_hostname"]) == (
        "/ca.crt",
        "required",
        True,
    )
    assert not read("rediss://cache?ssl_cert_reqs=none").ssl["ssl_check_hostname"]
