"""Where each provider writes its code and its text, and a good call of each operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specs import Outcome

if TYPE_CHECKING:
    from conformance.driver import Answer


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read a provider's answers, and what a call needs besides its credentials.

    `credentials` maps credential names of the control API to request fields. `codes` and `texts` are the keys in which
    an answer may carry them; `name_is_code` says that the wire has the row's text where others have a number.
    """

    credentials: tuple[str, ...]
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    good: Mapping[str, Mapping[str, str]]
    phone: str
    name_is_code: bool = False

    @property
    def has_text(self) -> bool:
        """Whether answers carry a text besides the code."""
        return bool(self.texts)

    def code(self, answer: Answer) -> Any:
        """Read the code of an answer; None where it has none."""
        return self._first(answer, self.codes)

    def text(self, answer: Answer) -> Any:
        """Read the text of an answer; None where it has none."""
        return self._first(answer, self.texts)

    def written_code(self, row: Outcome, *, numeric: bool = False) -> Any:
        """Give what the wire has for a row."""
        if row.name.startswith("invalid_request"):
            return None
        return row.message if self.name_is_code and not numeric else row.code

    def _first(self, answer: Answer, keys: tuple[str, ...]) -> Any:
        body = answer.json
        if not isinstance(body, dict):
            return None
        return next((body[key] for key in keys if key in body), None)


DIALECTS: Final[Mapping[str, Dialect]] = {
    "esms": Dialect(
        credentials=("ApiKey", "SecretKey"),
        codes=("CodeResult",),
        texts=("ErrorMessage", "error"),
        phone="0901888484",
        good={
            "SendMessageAutoGenCode_V4_get": {
                "Phone": "0901888484",
                "Brandname": "Baotrixemay",
                "Type": "2",
                "message": "{OTP} la ma xac minh dang ky Baotrixemay cua ban",
            },
            "CheckCodeGen_V4_get": {"Phone": "0901888484", "Code": "1NTTJ6"},
        },
    ),
    "amoot": Dialect(
        credentials=("Token",),
        codes=("Status",),
        texts=(),
        phone="9120000000",
        name_is_code=True,
        good={
            "SendOTP": {
                "SendDateTime": "",
                "SMSMessageText": "Test",
                "LineNumber": "public",
                "Mobile": "9120000000",
                "CodeLength": "4",
            },
        },
    ),
    "thuesim": Dialect(
        credentials=("token",),
        codes=("status_code", "ResponseCode"),
        texts=("message", "Message", "Msg"),
        phone="0912345678",
        good={
            "balance": {},
            "networks": {},
            "service": {},
            "unknown_show": {},
            "register_service": {"serviceId": "01.4"},
            "rephone": {"phone": "0912345678", "serviceId": "4", "thuesim1": "215978.01"},
            "code": {"ID": "88237016.01"},
            "history": {},
            "audio": {},
        },
    ),
}
