"""Takes secrets out of all that is kept, logged or shown: known ones wherever they stand, others by their name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote

import orjson

from otp_sandbox.lanes.secrets import MASK, Secrets

TEXT_MOST: Final = 16 * 1024
"""Characters of a text that is kept: what is longer is cut."""
NAME_MOST: Final = 64
"""Characters of a field's name. A longer one is a body that was read as something else."""
_NAME_LOOKED_AT: Final = 512
"""Characters of a name in which secrets are looked for, so that none is cut in two where it is shown."""
_UNDOCUMENTED_MOST: Final = 4 * TEXT_MOST
"""Characters of all values together that are kept of fields which no operation has."""
HOST_MOST: Final = 300
"""Characters of a Host header that are kept."""
_SEEN_MOST: Final = 64
"""Texts that are remembered with what is shown of them."""
_NAMES: Final = ("authorization", "password", "passwd", "secret", "token", "apikey")
"""What everybody calls a secret, besides the names of the providers."""
_SHORTEST: Final = 4
"""Characters of a name that is the beginning of another one: `apik`, `pass`."""
_no_letters: Final = re.compile(r"[\W_]+")
# Where no name is followed by a value, a part of it is not tried: that takes ten times as long.
_pairs: Final = re.compile(r"""([\w.\-\[\] ]{2,64}+)(["']?\s*[:=]\s*["']?)([^"'\s,;&}\]]+)""")
_user_info: Final = re.compile(r"(?<=://)[^/?#\s@]*@")
_looks_like_a_key: Final = re.compile(r"[A-Za-z]*[0-9][A-Za-z0-9]*")
_KEY_LENGTH: Final = 16
_runs: Final = re.compile(r"[A-Za-z0-9]{16,}")


class Redactor:
    """Redacts texts, fields, paths and addresses.

    Args:
        names: the names of the providers' secret fields.
        secrets: the secrets that are known.
    """

    def __init__(self, names: Iterable[str], secrets: Secrets) -> None:
        self._names = frozenset(map(_folded, (*names, *_NAMES)))
        self._secrets = secrets
        self._seen: dict[str, str] = {}
        self._seen_with = 0

    def fields(
        self,
        fields: Mapping[str, str],
        secret: Collection[str] = (),
        documented: Collection[str] | None = None,
        *,
        size: int | None = None,
    ) -> tuple[dict[str, str], bool]:
        """Copy fields without secrets.

        Args:
            fields: names and values as they were sent.
            secret: names of fields that are masked.
            documented: the names that the operation has, which tell by themselves what is a secret; None where all
                that were sent are such names.
            size: characters of all together at most, where that is known.

        Returns: the copy, and whether there is anything odd about them. What nothing odd was sent to repeats no secret.
        """
        copy = dict(fields)
        for name in secret:
            if name in copy:
                copy[name] = MASK
        if documented is None and size is not None and size <= TEXT_MOST and not self._is_odd(copy.values()):
            return copy, False
        shown: dict[str, str] = {}
        room = _UNDOCUMENTED_MOST
        for name, value in copy.items():
            if documented is None or name in documented:
                shown[name] = self._shown(value)
            else:
                secret_name = self.is_secret_name(name[:_NAME_LOOKED_AT])
                shown[self.name(name)] = MASK if secret_name else _cut(self.text(value[:room]), len(value), room)
                room -= min(room, len(value))
        return shown, True

    def _shown(self, value: str) -> str:
        if len(value) <= 2 * TEXT_MOST:
            return _cut(self._value(value))
        begins = self._pairs_of(self._value(value[: 2 * TEXT_MOST]))  # if it was JSON, it is none any more
        return _cut(begins, len(value))

    def _is_odd(self, values: Collection[str]) -> bool:
        """Whether a look at the values one by one is worth it."""
        text = " ".join(values)
        if "://" in text or ('"' in text and "{" in text):
            return True
        secrets = self._secrets
        return any(len(each) >= secrets.least and secrets.holds_long(each) for each in values)

    def is_secret_name(self, name: str) -> bool:
        """Whether a field is a secret by its name, however that is spelled: `Api_Key`, `access_token`, `apik`."""
        folded = _folded(name)
        if (folded.endswith("key") and folded != "key") or any(each in folded for each in self._names):
            return True
        return len(folded) >= _SHORTEST and any(each.startswith(folded) for each in self._names)

    def name(self, name: str) -> str:
        """Redact the name of a field: it is whatever a client sent."""
        return self.text(_hide_keys(name[:_NAME_LOOKED_AT]))[:NAME_MOST]

    def text(self, text: str) -> str:
        """Redact a text in which names and values may stand in any form: JSON, a form, a sentence."""
        return _cut(self._secrets.hide(self._pairs_of(self._value(text[: 2 * TEXT_MOST]))))

    def remark(self, text: str) -> str:
        """Redact a sentence about a request: it may repeat what a client sent as a name."""
        return self.text(_hide_keys(text))

    def value(self, text: str) -> str:
        """Take out of a value what is known; where it is JSON or an address, also what a name or a place tells."""
        return self._value(text)

    def is_plain(self, document: str) -> bool:
        """Whether there is nothing in JSON that `value` would take out of its texts."""
        return (
            not any(each in document for each in ("://", '"{', '"[')) and self._secrets.hide_long(document) == document
        )

    def known(self, text: str) -> str:
        """Take out of a text what is known, and users out of addresses; names in it tell nothing."""
        return self._secrets.hide(_user_info.sub(f"{MASK}@", text))

    def host(self, header: str) -> str:
        """Redact a Host header."""
        user, _, host = header.rpartition("@")
        return self.again(f"{MASK}@{host}" if user else header)[:HOST_MOST]

    def again(self, text: str) -> str:
        """Redact like `known` a text that comes again and again: the last ones are remembered."""
        if self._secrets.added != self._seen_with:
            self._seen.clear()
            self._seen_with = self._secrets.added
        shown = self._seen.get(text)
        if shown is None:
            if len(self._seen) >= _SEEN_MOST:
                self._seen.clear()
            shown = self._seen[text] = self.known(text[:TEXT_MOST])
        return shown

    def content(self, body: bytes) -> bytes:
        """Take what is known out of an answer."""
        return self.known(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def path(self, path: str, positions: Collection[int] = ()) -> str:
        """Redact a path.

        Args:
            path: as it was sent, without the query.
            positions: the segments, counted from 0, where operations like it have a secret.
        """
        shown, number = [], -1
        for segment in path[:TEXT_MOST].split("/"):
            number += bool(segment)
            shown.append(MASK if segment and number in positions else self._segment(segment))
        return "/".join(shown)

    def _segment(self, segment: str) -> str:
        plain = unquote(segment, errors="replace")
        shown = self._pairs_of(self._secrets.hide(_hide_keys(plain)))
        return segment if shown == plain else shown

    def _pairs_of(self, text: str) -> str:
        return _pairs.sub(lambda pair: f"{pair[1]}{pair[2]}{MASK}" if self.is_secret_name(pair[1]) else pair[0], text)

    def _value(self, value: str) -> str:
        if value[:1] in ("{", "["):
            try:
                document = orjson.loads(value)
                shown = self._nested(document)
                return orjson.dumps(shown).decode() if shown != document else value
            except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
                pass
        if "://" in value:
            value = _user_info.sub(f"{MASK}@", value)
            address, mark, query = value.partition("?")
            value = address + mark + self._pairs_of(query)
        return self._secrets.hide_long(value)

    def _nested(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                self._secrets.hide(name): MASK if self.is_secret_name(name) else self._nested(each)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._nested(each) for each in value]
        return self._value(value) if isinstance(value, str) else value


def looks_like_a_key(text: str) -> bool:
    """Whether a text is made as keys are: 16 or more letters and digits, and not letters alone."""
    return len(text) >= _KEY_LENGTH and _looks_like_a_key.fullmatch(text) is not None


def _hide_keys(text: str) -> str:
    return _runs.sub(lambda run: MASK if looks_like_a_key(run[0]) else run[0], text)


def _folded(name: str) -> str:
    return _no_letters.sub("", unquote(name)).lower()


def _cut(text: str, length: int = 0, most: int = TEXT_MOST) -> str:
    """Cut a text that is too long; `length` is what it had before it was shortened already."""
    length = max(length, len(text))
    return text if length <= min(most, TEXT_MOST) else f"{text[:TEXT_MOST]}… ({length} characters)"
