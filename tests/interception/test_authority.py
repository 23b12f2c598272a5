"""The certificate authority: made once, for its owner alone, for the hosts that are played."""

from __future__ import annotations

import os
import ssl
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from equipment.tls import HOSTS, handshake
from otp_sandbox.interception import authority as subject
from otp_sandbox.interception import certificates, kept
from otp_sandbox.interception.authority import (
    CONTEXTS_MOST,
    LEAF_LIFE,
    RENEWED_BEFORE,
    Authority,
    AuthorityError,
    UnknownHost,
)
from otp_sandbox.interception.certificates import CA_LIFE

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ELSEWHERE = "name another folder with --state or OTP_SANDBOX_STATE"
posix = pytest.mark.skipif(os.name == "nt", reason="rights are told otherwise there")


def secret(state: Path) -> Path:
    return state / "ca" / "authority.pem"


def test_a_ca_is_made_on_first_use_and_read_from_then_on(state: Path) -> None:
    made = Authority.open(state, HOSTS)

    again = Authority.open(state, HOSTS)

    assert again.certificate_pem == made.certificate_pem


@posix
def test_the_key_is_its_owner_s_alone(state: Path) -> None:
    Authority.open(state, HOSTS)

    assert stat.S_IMODE((state / "ca").stat().st_mode) == 0o700
    assert stat.S_IMODE(secret(state).stat().st_mode) == 0o600
    assert list((state / "ca").iterdir()) == [secret(state)]


@posix
def test_everybody_may_read_the_certificate_beside_it(state: Path) -> None:
    """Where a container shares the state folder, the application in it is mostly another user."""
    before = os.umask(0o077)
    try:
        authority = Authority.open(state, HOSTS)
        files = [authority.path(form) for form in subject.FORMS]
    finally:
        os.umask(before)

    assert files == [state / "ca.crt", state / "ca.der", state / "ca.p12"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o644}


def test_processes_that_start_at_a_time_have_the_same_ca(state: Path) -> None:
    program = (
        "import pathlib, sys; from otp_sandbox.interception.authority import Authority;"
        "sys.stdin.read(1); print(Authority.open(pathlib.Path(sys.argv[1]), ['rest.esms.vn']).fingerprint)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]

    printed = [process.communicate("!")[0] for process in started]

    assert len(set(printed)) == 1
    assert printed[0].count(":") == 31


def test_a_client_that_trusts_the_ca_trusts_each_host(state: Path) -> None:
    authority = Authority.open(state, HOSTS)

    for name in HOSTS:
        found = handshake(authority.context_for(name), authority.certificate_pem, name)
        assert found["subjectAltName"] == (("DNS", name),)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_names_and_addresses_of_this_machine_have_a_certificate(state: Path, name: str) -> None:
    authority = Authority.open(state, HOSTS)

    assert handshake(authority.context_for(None), authority.certificate_pem, name)
    assert authority.context_for(name) is authority.context_for(None)


def test_names_below_localhost_have_one_each_and_no_more_than_some_are_kept(state: Path) -> None:
    authority = Authority.open(state, HOSTS)

    for number in range(CONTEXTS_MOST + 1):
        context = authority.context_for(f"app-{number}.localhost")

    assert handshake(context, authority.certificate_pem, f"app-{CONTEXTS_MOST}.localhost")
    assert len(authority._contexts) == CONTEXTS_MOST


@pytest.mark.parametrize("name", ["example.com", "esms.vn", "a.rest.esms.vn", "localhost.example.com", "10.0.0.1"])
def test_other_names_have_none(state: Path, name: str) -> None:
    with pytest.raises(UnknownHost):
        Authority.open(state, HOSTS).context_for(name)


@pytest.mark.parametrize("name", ["REST.esms.vn", "rest.esms.vn."])
def test_a_name_counts_however_it_is_spelt(state: Path, name: str) -> None:
    authority = Authority.open(state, HOSTS)

    assert authority.context_for(name) is authority.context_for("rest.esms.vn")


@pytest.mark.parametrize("name", ["example.com", "esms.vn", "10.0.0.1"])
def test_the_key_of_the_ca_is_worth_nothing_for_other_names(state: Path, name: str) -> None:
    Authority.open(state, HOSTS)
    key, certificate = certificates.read_authority(secret(state).read_bytes())
    thief = Authority(state, {name}, key, certificate, lambda: datetime.now(UTC))
    if name[0].isdigit():
        thief._hosts = frozenset()
        thief_context = _context_for_address(thief, name)
    else:
        thief_context = thief.context_for(name)

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(thief_context, thief.certificate_pem, name)


def _context_for_address(authority: Authority, address: str) -> ssl.SSLContext:
    import ipaddress  # noqa: PLC0415

    before = certificates._LOCAL_ADDRESSES
    try:
        certificates._LOCAL_ADDRESSES = (ipaddress.ip_address(address),)  # type: ignore[misc]
        return authority.context_for(None)
    finally:
        certificates._LOCAL_ADDRESSES = before  # type: ignore[misc]


def test_a_leaf_is_made_anew_a_day_before_it_ends(state: Path) -> None:
    now = datetime.now(UTC)
    authority = Authority.open(state, HOSTS, now=lambda: now)
    first = authority.context_for("rest.esms.vn")

    now += LEAF_LIFE - RENEWED_BEFORE - timedelta(seconds=1)
    just_before = authority.context_for("rest.esms.vn")
    now += timedelta(seconds=1)
    at = authority.context_for("rest.esms.vn")

    assert just_before is first
    assert at is not first


def test_a_leaf_is_short_lived_and_begins_a_day_ago(state: Path) -> None:
    authority = Authority.open(state, HOSTS)
    found = handshake(authority.context_for("rest.esms.vn"), authority.certificate_pem, "rest.esms.vn")

    length = ssl.cert_time_to_seconds(str(found["notAfter"])) - ssl.cert_time_to_seconds(str(found["notBefore"]))
    assert length == (LEAF_LIFE + certificates.SKEW).total_seconds()


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _half_certificate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _no_text(path: Path) -> None:
    path.write_bytes(bytes(range(256)))


def _other_key(path: Path) -> None:
    mine, other = path.read_bytes(), certificates.new_authority(HOSTS, datetime.now(UTC))
    begin = b"-----BEGIN CERTIFICATE-----"
    path.write_bytes(other.partition(begin)[0] + begin + mine.partition(begin)[2])


def _for_others(path: Path) -> None:
    path.chmod(0o644)


def _open_folder(path: Path) -> None:
    path.parent.chmod(0o755)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


DAMAGES: dict[Callable[[Path], None], str] = {
    _half: "holds no CA with its key",
    _half_certificate: "holds no CA with its key",
    _empty: "holds no CA with its key",
    _no_text: "holds no CA with its key",
    _other_key: "holds no CA with its key",
    _for_others: "others may read or change it \\(0644\\)",
    _open_folder: "others may read or change it \\(0755\\)",
    _pipe: "is no file",
    _dangling: "cannot be read",
}


@posix
@pytest.mark.parametrize(("damage", "said"), DAMAGES.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_what_cannot_be_used_is_one_line_and_is_made_anew_on_request(
    state: Path, damage: Callable[[Path], None], said: str
) -> None:
    before = Authority.open(state, HOSTS)
    damage(secret(state))

    with pytest.raises(AuthorityError, match=said) as refused:
        Authority.open(state, HOSTS)
    after = Authority.open(state, HOSTS, remake=True)

    assert f"otp-sandbox ca --remake --state {state} makes it anew" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert after.certificate_pem != before.certificate_pem
    assert Authority.open(state, HOSTS).certificate_pem == after.certificate_pem
    assert after.path("pem").read_bytes() == after.certificate_pem


def test_a_file_that_cannot_be_read_is_one_line(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Authority.open(state, HOSTS)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(kept.os, "open", refuse)

    with pytest.raises(AuthorityError, match=r"cannot be read \(Permission denied\); otp-sandbox ca --remake --state"):
        Authority.open(state, HOSTS)


@posix
def test_a_file_of_another_user_is_refused(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Authority.open(state, HOSTS)
    us = os.geteuid()
    monkeypatch.setattr(kept.os, "geteuid", lambda: us + 1)

    with pytest.raises(
        AuthorityError, match="belongs to another user; remove it, or name another folder with --state or OTP_SA"
    ):
        Authority.open(state, HOSTS)


def test_the_ca_ends_on_its_very_instant(state: Path) -> None:
    Authority.open(state, HOSTS, now=lambda: NOW)
    end = NOW + CA_LIFE

    assert Authority.open(state, HOSTS, now=lambda: end - timedelta(seconds=1)).expires_at == end
    with pytest.raises(
        AuthorityError, match=f"has expired on 2028-11-01; otp-sandbox ca --remake --state {state} makes"
    ):
        Authority.open(state, HOSTS, now=lambda: end)


def test_no_leaf_outlives_its_ca(state: Path) -> None:
    now = datetime.now(UTC) - CA_LIFE + timedelta(hours=1)
    authority = Authority.open(state, HOSTS, now=lambda: now)
    now = datetime.now(UTC)

    found = handshake(authority.context_for(None), authority.certificate_pem, "localhost")

    assert ssl.cert_time_to_seconds(str(found["notAfter"])) == int(authority.expires_at.timestamp())


def test_a_ca_for_fewer_hosts_than_are_played_is_refused(state: Path) -> None:
    Authority.open(state, {"rest.esms.vn"})

    with pytest.raises(AuthorityError, match=r"was made without thuesim.com.vn, www.thuesim.com.vn; otp-sandbox ca"):
        Authority.open(state, HOSTS)
    assert Authority.open(state, HOSTS, remake=True)
    assert Authority.open(state, {"rest.esms.vn"}), "for more is no harm"


@posix
def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(AuthorityError, match=rf"cannot be written \(.*\); {ELSEWHERE}"):
        Authority.open(tmp_path / "file", HOSTS)


@posix
def test_what_cannot_be_replaced_is_named_and_not_what_was_to_take_its_place(state: Path) -> None:
    path = Authority.open(state, HOSTS).folder / "ca" / "authority.pem"
    path.unlink()
    path.mkdir()

    with pytest.raises(AuthorityError, match=f"^{path}: cannot be written"):
        Authority.open(state, HOSTS, remake=True)


def test_the_certificate_comes_in_three_forms(state: Path) -> None:
    authority = Authority.open(state, HOSTS)
    certificate = x509.load_pem_x509_certificate(authority.certificate_pem)

    assert x509.load_der_x509_certificate(authority.export("der")) == certificate
    held = pkcs12.load_pkcs12(authority.export("pkcs12"), b"changeit")
    assert [each.certificate for each in held.additional_certs] == [certificate]
    assert held.key is None
    assert b"PRIVATE" not in authority.export("pem")


@pytest.mark.parametrize("form", subject.FORMS)
def test_a_file_of_another_ca_is_written_anew(state: Path, form: subject.Form) -> None:
    before = Authority.open(state, HOSTS).path(form).read_bytes()

    after = Authority.open(state, HOSTS, remake=True)

    assert after.path(form).read_bytes() != before
    kept = after.path(form).read_bytes()
    assert after.path(form).read_bytes() == kept, "and left alone from then on"


def test_without_files_in_memory_a_folder_does(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(subject.os, "memfd_create", raising=False)
    authority = Authority.open(state, HOSTS)

    assert handshake(authority.context_for(None), authority.certificate_pem, "localhost")


def test_without_links_the_ca_is_made_all_the_same(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(kept.os, "link", link)

    assert Authority.open(state, HOSTS).certificate_pem == Authority.open(state, HOSTS).certificate_pem
