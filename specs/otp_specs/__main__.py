"""`python -m otp_specs` reads every spec, lints it, and compiles it. The build does the same for what it installs."""

from __future__ import annotations

import sys
from pathlib import Path

from otp_specs import compiled
from otp_specs.bundle import make_bundle
from otp_specs.documents import FOLDER, available, read_files
from otp_specs.errors import SpecError
from otp_specs.lint import list_findings
from otp_specs.plain_text import write_files
from otp_specs.reader import read_bundle


def compile_specs(folder: Path = FOLDER, target: Path | None = None) -> None:
    """Compile all specs of a folder, into itself if there is no other target, and write their plain documents.

    Raises:
        SpecError: one is broken, or there is no YAML.
        ExceptionGroup: of SpecError, one for each sample that contradicts the rest of its spec.
        OSError: the target cannot be written.
    """
    for provider in available(folder):
        files = read_files(provider, folder)
        if not files:
            raise SpecError(str(folder), "folder", "holds no YAML, so there is nothing to compile")
        bundle = make_bundle(provider, files)
        spec = read_bundle(bundle)
        found = [bundle.make_error(place, reason) for place, reason in list_findings(spec)]
        if found:
            raise ExceptionGroup("samples", found)
        compiled.write(spec, target or folder, files)
        write_files(provider, bundle.document, target or folder)


def main() -> int:
    """Compile our specs; exit 1 when one is broken."""
    status = 0
    try:
        compile_specs()
    except* (SpecError, OSError) as errors:
        print(*errors.exceptions, sep="\n", file=sys.stderr)  # noqa: T201  (a command prints)
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
