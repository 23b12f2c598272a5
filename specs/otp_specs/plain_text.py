"""Writes a plain document as JSON and as YAML, and both as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from otp_specs.plain import make_plain

_YAML_1_1_ONLY: Final = frozenset({"y", "n", "yes", "no", "on", "off"})


def write_json(document: Mapping[str, Any]) -> bytes:
    """Write JSON, numbers with a point as they are spelled."""
    import orjson  # noqa: PLC0415  (plain documents are seldom asked for)

    return orjson.dumps(document, default=lambda number: orjson.Fragment(str(number)), option=orjson.OPT_INDENT_2)


def write_yaml(document: Mapping[str, Any]) -> bytes:
    """Write YAML that readers of version 1.1 and of version 1.2 understand alike."""
    import yaml  # noqa: PLC0415  (plain documents are seldom asked for)

    base: type[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # some builds of PyYAML come without it

    class Dumper(base):  # type: ignore[misc]  # the base is chosen at run time
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (the name and the place are PyYAML's)
            return True

    def represent_text(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_find_style(text))

    def represent_number(dumper: Any, number: Decimal) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:float", str(number))

    Dumper.add_representer(str, represent_text)
    Dumper.add_representer(Decimal, represent_number)
    text: bytes = yaml.dump(
        dict(document), Dumper=Dumper, sort_keys=False, width=120, encoding="utf-8", allow_unicode=True
    )
    return text


def _find_style(text: str) -> str | None:
    """Quote what some reader might take for something else than text; None lets the writer decide."""
    if "\n" in text:
        return "|"
    plain = text[:1].isalpha() or text.startswith(("/", "$", "#"))
    return None if plain and text.lower() not in _YAML_1_1_ONLY else '"'


WRITERS: Final[Mapping[str, Callable[[Mapping[str, Any]], bytes]]] = {"json": write_json, "yaml": write_yaml}
"""What each ending of a file's name asks for."""


def write_files(provider: str, document: Mapping[str, Any], folder: Path) -> None:
    """Write the plain document of a provider into `plain` of a folder.

    Raises:
        OSError: the folder cannot be written.
    """
    (folder / "plain").mkdir(parents=True, exist_ok=True)
    plain = make_plain(document)
    for ending, write in WRITERS.items():
        (folder / "plain" / f"{provider}.{ending}").write_bytes(write(plain))
