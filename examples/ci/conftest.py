"""A lane of a running sandbox for each test."""

import json
import os
import zlib
from urllib.request import Request, urlopen

import pytest

SANDBOX = os.environ.get("OTP_SANDBOX_URL", "http://127.0.0.1:6877")


class Lane:
    """Accounts, codes and messages of one test: credentials for the code under test, the control API for the test."""

    def __init__(self, seed):
        made = self._call("POST", "/_sandbox/v1/lanes", {"seed": seed, "ttl": "1h"})
        self.id, self.base_url, self.credentials = made["id"], made["base_url"], made["credentials"]

    def control(self, method, path, body=None):
        return self._call(method, f"/_sandbox/v1/lanes/{self.id}{path}", body)

    def code_sent_to(self, phone):
        return self.control("GET", f"/messages/latest?to={phone}")["code"]

    def _call(self, method, path, body):
        data = json.dumps(body or {}).encode() if method != "GET" else None
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(SANDBOX + path, data, headers, method=method)) as answer:
            return json.load(answer)


@pytest.fixture
def lane(request):
    return Lane(seed=zlib.crc32(request.node.nodeid.encode()))
