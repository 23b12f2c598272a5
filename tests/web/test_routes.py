"""Which operation a request means."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from otp_sandbox.domain.record import replace
from otp_sandbox.web.received import Received
from otp_sandbox.web.routes import REMEMBERED_LENGTH, Routes, fold, select

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
HERE = SimpleNamespace(sockname=("127.0.0.1", 6877))


@pytest.fixture
def routes(providers: Any) -> Routes:
    """A table that no other test has asked: it remembers paths."""
    return Routes(providers.values())


@pytest.mark.parametrize(
    ("path", "folded"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/a", "/a"),
        ("/a/", "/a"),
        ("/a//b///", "/a/b"),
        ("//a", "/a"),
        ("/%61", "/a"),
        ("/a%2Fb", "/a/b"),
        ("/a%2f%2Fb%2f", "/a/b"),
        ("/%zz", "/%zz"),
        ("/%ff", "/\ufffd"),
        ("/A", "/A"),
    ],
)
def test_paths_are_folded(path: str, folded: str) -> None:
    """Slashes and what is percent-encoded; case is another matter."""
    assert fold(path) == folded


@pytest.mark.parametrize(
    ("path", "provider"),
    [
        (GENCODE, "esms"),
        (GENCODE.lower(), "esms"),
        (GENCODE.upper() + "/", "esms"),
        ("/" + GENCODE.replace("json", "/json"), "esms"),
        (GENCODE.replace("S", "%53"), "esms"),
        ("/rest/SendOTP", "amoot"),
        ("/Rest/sendotp/", "amoot"),
        ("/api/", "thuesim"),
        ("/api", "thuesim"),
        ("//api//", "thuesim"),
        ("/api/register-service", "thuesim"),
        ("/audio/play.php", "thuesim"),
        ("/API/", None),
        ("/api/Register-Service/", None),
        ("/audio/play.PHP", None),
        ("/", None),
        ("/rest", None),
        ("/rest/SendOTP/x", None),
        ("/_sandbox", None),
    ],
)
def test_a_resource_is_found_in_every_spelling_of_its_path(routes: Routes, path: str, provider: str | None) -> None:
    """PHP's server minds the case, .NET's do not."""
    found = routes.find(path)

    assert (found.resource.provider.name if found is not None else None) == provider


def test_a_resource_lists_its_methods(routes: Routes) -> None:
    found = routes.find("/rest/SendOTP")

    assert found is not None
    assert set(found.resource.methods) == {"GET", "POST"}


@pytest.mark.parametrize(
    ("path", "provider"),
    [
        ("/MainService.svc/nothing", "esms"),
        ("/mainservice.svc", "esms"),
        ("/rest/x", "amoot"),
        ("/REST//x", "amoot"),
        ("/rest", "amoot"),
        ("/api/x", "thuesim"),
        ("/audio/", "thuesim"),
        ("/API/x", None),
        ("/restful/x", None),
        ("/", None),
        ("/x/rest/", None),
    ],
)
def test_a_path_without_a_resource_has_an_owner(routes: Routes, path: str, provider: str | None) -> None:
    owner = routes.owner(path)

    assert (owner.name if owner is not None else None) == provider


@pytest.mark.parametrize(
    ("method", "path", "first"),
    [
        ("GET", "/rest/SendOTPs", "GET /rest/SendOTP (SendOTP)"),
        ("post", "/REST/SENDOTP", "POST /rest/SendOTP (SendOTP)"),
        ("GET", "/api/registerservice", "GET /api/register-service/ (register_service)"),
        ("GET", "/rest/SendPattern", "GET /rest/SendWithPattern (SendWithPattern)"),
        (
            "GET",
            "/MainService.svc/json/GetBalances/x/y",
            "GET /MainService.svc/json/GetBalance/{ApiKey}/{SecretKey} (GetBalance)",
        ),
    ],
)
def test_the_nearest_operations_are_named(routes: Routes, method: str, path: str, first: str) -> None:
    nearest = routes.nearest(method, path)

    assert nearest[0] == first
    assert len(nearest) <= 3


@pytest.mark.parametrize(
    ("path", "fields", "first"),
    [
        ("/user/balance", ("token",), "GET /users/balance (balance)"),
        ("/user/balance", ("ApiKey", "SecretKey"), "POST /MainService.svc/json/GetBalance_json (GetBalance_json)"),
        ("/session/code", ("requestId", "token"), "GET /session/get (code)"),
        ("/api/code", ("ID", "token"), "GET /api/?show=code (code)"),
        ("/v1/send", ("Token", "Mobile", "CodeLength", "SMSMessageText"), "GET /rest/SendOTP (SendOTP)"),
    ],
)
def test_parameters_tell_whose_operation_is_meant(
    routes: Routes, path: str, fields: tuple[str, ...], first: str
) -> None:
    """The words of the path, and the provider that has such parameters."""
    assert routes.nearest("GET", path, fields)[0] == first


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (
            "/webservice2.asmx",
            "docs/providers/amoot.md lists it as not played: the older service, by SOAP and by fields",
        ),
        (
            "/WebService2.asmx//GetDelivery_REST/",
            "docs/providers/amoot.md lists it as not played: the older service, by SOAP and by fields",
        ),
        ("/rest/ContactLists", None),
        ("/rest/Nothing", None),
        ("/rest" + "/x" * 50_000, None),
        ("/", None),
    ],
)
def test_the_documents_know_what_is_not_played(routes: Routes, path: str, page: str | None) -> None:
    assert routes.not_played(path) == page


def test_what_is_listed_as_not_played_is_not_played(routes: Routes) -> None:
    """And the provider's page says so in its table."""
    listed = {path for provider in routes.providers for path in provider.unplayed}

    assert listed
    assert [path for path in listed if routes.find(path) is not None] == []


def test_what_is_listed_as_not_played_is_answered_by_its_provider(routes: Routes) -> None:
    """Wherever it stands: with what is below it, in any case that the provider's server takes."""
    listed = [(provider, path) for provider in routes.providers for path in provider.unplayed]

    assert [path for provider, path in listed if routes.owner(path) is not provider] == []
    assert [path for provider, path in listed if routes.owner(f"/{path.lower()}//x/") is not provider] == []


def test_the_same_method_of_another_service_is_nearest(routes: Routes) -> None:
    """What all methods of the older service have in their paths says nothing."""
    nearest = routes.nearest("POST", "/webservice2.asmx/GetDelivery_REST")

    assert nearest[0].endswith("/rest/GetDelivery (GetDelivery)")


def test_nothing_is_near_to_nonsense(routes: Routes) -> None:
    assert routes.nearest("GET", "/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq") == []


@pytest.mark.parametrize(
    ("fields", "operation"),
    [
        ({"show": "balance"}, "balance"),
        ({"show": "code", "ID": "1"}, "code"),
        ({"show": "Balance"}, "unknown_show"),
        ({"show": ""}, "unknown_show"),
        ({}, "unknown_show"),
    ],
)
def test_operations_that_share_a_path_are_told_apart_by_their_constants(
    routes: Routes, fields: dict[str, str], operation: str
) -> None:
    found = routes.find("/api/")
    assert found is not None

    route = select(found.resource.methods["GET"], fields)

    assert route is not None
    assert route.operation.name == operation


@pytest.mark.parametrize(
    ("host", "fields", "operation"),
    [
        ("voiceapi.esms.vn", {}, "GetSendStatus_voice"),
        ("www.voiceapi.esms.vn:80", {"RefId": "1"}, "GetSendStatus_voice"),
        ("rest.esms.vn", {"ApiKey": "1", "SecretKey": "1", "ReferenceId": "1"}, "GetSendStatus"),
        ("127.0.0.1:6877", {"ApiKey": "1", "SecretKey": "1", "ReferenceId": "1"}, "GetSendStatus_voice"),
        ("127.0.0.1:6877", {"ReferenceId": "1", "RefId": "1"}, "GetSendStatus"),
        ("", {}, "GetSendStatus"),
    ],
)
def test_operations_that_share_a_path_are_told_apart_by_their_host(
    routes: Routes, host: str, fields: dict[str, str], operation: str
) -> None:
    """At an address that is no host of a provider, all fields of the one with a host have to be there."""
    found = routes.find("/MainService.svc/json/GetSendStatus")
    assert found is not None

    route = select(found.resource.methods["GET"], fields, SimpleNamespace(host=host))  # type: ignore[arg-type]

    assert route is not None
    assert route.operation.name == operation


def test_nothing_is_selected_where_no_constant_fits(routes: Routes) -> None:
    found = routes.find("/api/")
    assert found is not None
    only = [route for route in found.resource.methods["GET"] if route.constants]

    assert select(only, {"show": "nothing"}) is None


def test_every_operation_has_a_resource(routes: Routes, providers: Any) -> None:
    for provider in providers.values():
        for operation in provider.spec.operations:
            found = routes.find(operation.path.partition("#")[0])
            assert found is not None
            assert operation in [route.operation for route in found.resource.methods[operation.method]]


BRANDNAMES = "/MainService.svc/json/GetListBrandname"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (f"{BRANDNAMES}/Key/Secret", {"ApiKey": "Key", "SecretKey": "Secret"}),
        (f"{BRANDNAMES.upper()}/Key/Secret/", {"ApiKey": "Key", "SecretKey": "Secret"}),
        (f"{BRANDNAMES}//a%20b///c", {"ApiKey": "a b", "SecretKey": "c"}),
    ],
)
def test_fields_stand_in_a_path(routes: Routes, path: str, fields: dict[str, str]) -> None:
    """The case of what is fixed does not count at eSMS; that of the fields is kept."""
    found = routes.find(path)

    assert found is not None
    assert found.fields == fields


@pytest.mark.parametrize("path", [BRANDNAMES, f"{BRANDNAMES}/Key", f"{BRANDNAMES}/a/b/c", f"x{BRANDNAMES}/a/b"])
def test_a_path_with_too_few_or_too_many_fields_is_none(routes: Routes, path: str) -> None:
    assert routes.find(path) is None


def test_the_host_tells_two_providers_at_one_path_apart(providers: Any) -> None:
    """The first one has what names neither of them; a port does not count."""
    esms = providers["esms"]
    twin = replace(esms, name="twin", hosts=("twin.test",))
    routes = Routes([esms, twin])

    def owner(host: str) -> str:
        match = routes.find(GENCODE, Received("GET", GENCODE, {"Host": host} if host else {}, HERE))
        assert match is not None
        return match.resource.provider.name

    assert [owner(host) for host in ("twin.test", "TWIN.test:80", "rest.esms.vn", "127.0.0.1:6877", "")] == [
        "twin",
        "twin",
        "esms",
        "esms",
        "esms",
    ]


@pytest.mark.parametrize("length", [REMEMBERED_LENGTH, REMEMBERED_LENGTH + 1])
def test_only_short_paths_are_remembered(routes: Routes, length: int) -> None:
    """Whoever sends long ones does not fill the memory; what they find is the same."""
    path = GENCODE + "/" * (length - len(GENCODE))

    found = routes.find(path)

    assert found is not None
    assert found.resource.methods.keys() == {"GET"}
    assert routes._matches.cache_info().currsize == (length <= REMEMBERED_LENGTH)
