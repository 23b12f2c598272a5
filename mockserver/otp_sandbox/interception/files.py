"""Files that are whole at any moment: written aside, and put in their place at once."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def written(folder: Path, content: bytes) -> Iterator[Path]:
    """Write a file that its owner alone may read, for the time until it is put in its place.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        yield path
    finally:
        path.unlink(missing_ok=True)


def put(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file, or replace it; by itself its owner alone may read it.

    Raises:
        OSError: it cannot be written.
    """
    with written(path.parent, content) as made:
        made.chmod(mode)
        made.replace(path)
