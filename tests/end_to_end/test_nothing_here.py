"""What nobody plays is answered as that provider's server would, and journalled with a warning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Wire

Journal = Callable[[], Awaitable[list[dict[str, Any]]]]

pytestmark = pytest.mark.usefixtures("quiet")

PLAYED = (
    "/MainService.svc/json/SendMessageAutoGenCode_V4_get",
    "/MainService.svc/json/CheckCodeGen_V4_get",
    "/rest/SendOTP",
    "/webservice2.asmx/SendSimple_REST",
    "/api/",
    "/api/register-service/",
    "/api/rephone/",
    "/audio/play.php",
)
UNMATCHED = {
    "GET /MainService.svc/json/Nothing": (404, "text/html", "Endpoint not found."),
    "GET /mainservice.SVC/json//CheckCodeGen_V4_get/x": (404, "text/html", "Endpoint not found."),
    "GET /MainService.svc": (404, "text/html", "Endpoint not found."),
    "POST /MainService.svc/json/CheckCodeGen_V4_get": (405, "text/html", "Method not allowed."),
    "PUT /MainService.svc/json/SendMessageAutoGenCode_V4_get": (405, "text/html", "Method not allowed."),
    "OPTIONS /MainService.svc/json/CheckCodeGen_V4_get": (405, "text/html", "Method not allowed."),
    "GET /rest/Nothing": (404, "application/json", '{"Message":"No HTTP resource was found'),
    "POST /rest": (404, "application/json", '{"Message":"No HTTP resource was found'),
    "DELETE /rest/SendOTP": (405, "application/json", '{"Message":"The requested resource does not support'),
    "OPTIONS /rest/SendOTP": (405, "application/json", '{"Message":"The requested resource does not support'),
    "GET /webservice2.asmx/GetDelivery_REST?UserName=a&Password=b": (500, "text/plain", "GetDelivery_REST Web Service"),
    "POST /webservice2.asmx": (500, "text/plain", "Request format is unrecognized."),
    "POST /webservice2.asmx/%00": (500, "text/plain", "\x00 Web Service method name is not valid."),
    "PUT /webservice2.asmx/SendSimple_REST": (405, "text/plain", "Method not allowed."),
    "POST /ZaloCallback/Nothing": (404, "text/html", "Endpoint not found."),
    "GET /api/nothing/": (404, "text/html", "404 Not Found"),
    "GET /API/register-service/": (404, "application/problem+json", "Nothing is played at this path"),
    "POST /api/": (405, "text/html", "405 Method Not Allowed"),
    "POST /api/register-service": (405, "text/html", "405 Method Not Allowed"),
    "OPTIONS /api/rephone/": (405, "text/html", "405 Method Not Allowed"),
    "GET /audio/nothing": (404, "text/html", "404 Not Found"),
    "TRACE /nothing": (404, "application/problem+json", "Nothing is played at this path"),
    "GET /%00%ff%zz": (404, "application/problem+json", "Nothing is played at this path"),
    "GET /rest/%00": (404, "application/json", '{"Message":"No HTTP resource was found'),
    "GET /../../etc/passwd": (404, "application/problem+json", "Nothing is played at this path"),
}


@pytest.mark.parametrize("request_line", UNMATCHED)
async def test_what_nobody_plays_is_answered_as_that_providers_server_would(
    wire: Wire, journal: Journal, request_line: str
) -> None:
    """WCF's pages, ASP.NET's JSON, a PHP host's pages, else a problem that lists what is played; journalled."""
    status, kind, text = UNMATCHED[request_line]

    answer = await wire.request(request_line.encode(), body=b"" if request_line.startswith("P") else None)

    [entry] = await journal()
    assert (answer.status, kind in answer.head, text in answer.body.decode()) == (status, True, True)
    assert (status == 405) == ("Allow: GET" in answer.head)
    assert entry["warnings"]
    assert entry["status"] == status


@pytest.mark.parametrize("path", [*PLAYED, "/rest/x", "/nothing"])
async def test_head_is_refused_without_a_body(wire: Wire, journal: Journal, path: str) -> None:
    """Every operation names its methods, and HEAD is none of them."""
    answer = await wire.request(f"HEAD {path}".encode())

    assert answer.status in (404, 405)
    assert answer.body == b""
    assert len(await journal()) == 1
