"""Rules for all providers about the way that requests and credentials take."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import LOOKS_REAL, SECRET_IN_QUERY
from otp_sandbox.contract.lint import Asked, Look, Rule, Subject


def _secret_in_url(subject: Subject) -> Look:
    provider = subject.provider
    secrets, elsewhere = provider.identity.secrets, dict(subject.lint.bodies)
    for operation in provider.spec.operations:
        if operation.bodies:
            elsewhere.setdefault(operation.name, f"POST {operation.name}")

    def look(asked: Asked) -> str | None:
        if asked.came & SECRET_IN_QUERY:
            return f"{asked.method} {asked.operation} has a body, and its secrets are in the query"
        better = elsewhere.get(asked.operation or "")
        if better and asked.method == "GET" and any(name.lower() in secrets for name in asked.fields):
            return f"GET {asked.operation}; {better} takes them in a body"
        return None

    return look


def _in_clear(subject: Subject) -> Look:
    hosts, detail = subject.provider.hosts, f"http:// to a host of {subject.provider.title}"
    return lambda asked: detail if asked.scheme == "http" and asked.host.partition(":")[0].lower() in hosts else None


def _real_key(subject: Subject) -> Look:
    detail = f"a credential for {subject.provider.title} looks real"
    return lambda asked: detail if asked.came & LOOKS_REAL else None


RULES: Final = (
    Rule(
        id="secret-in-url",
        severity="high",
        title="Secret in an address, where a body exists",
        what="Credentials stood in the path or the query of a request, and the provider takes them in a body too.",
        why="Addresses are written to the logs of proxies and servers, and kept in histories. Bodies are not.",
        mend="Use the operation that takes its fields in a body, or the header where there is one.",
        source="CWE-598; RFC 9110, 17.9",
        begin=_secret_in_url,
    ),
    Rule(
        id="plain-http",
        severity="high",
        title="Plain HTTP to a host of the provider",
        what="A request for a host of the provider came without encryption.",
        why="Everybody on the way reads the credentials and the codes.",
        mend="Begin the address with https.",
        source="CWE-319",
        begin=_in_clear,
    ),
    Rule(
        id="real-credentials",
        severity="high",
        title="Credentials of the real provider",
        what="A credential came that no lane has, and that is made as real ones are: letters and digits, 16 or more. "
        "Keys of a lane that was deleted look the same.",
        why="A real key in a test stands in files, in logs and in reports. Whoever finds it sends at your expense.",
        mend="Take the credentials of the sandbox, from `POST /_sandbox/v1/lanes` or `otp-sandbox env`. Withdraw "
        "a real key that was in a repository.",
        source="CWE-522",
        begin=_real_key,
    ),
)
