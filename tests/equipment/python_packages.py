"""Environments of Python for the projects of others: what this one has, and what they ask for besides."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from equipment.packages import held, leave

ROOT = Path(__file__).parents[2]
INSTALL = ("install", "--quiet", "--disable-pip-version-check", "--no-input")


def found(requirements: Path, what: str) -> Path:
    """Give the Python of an environment with the requirements, made once. Under CI it is an error to have none.

    Args:
        requirements: a file for pip; those beside it that it names count as well.
        what: is left unproven without them.
    """
    texts = [path.read_bytes() for path in sorted(requirements.parent.glob("requirements*.txt"))]
    made_of = b"".join([sys.version.encode(), sys.prefix.encode(), *texts])
    folder = ROOT / "build" / requirements.parent.name / hashlib.sha256(made_of).hexdigest()[:12]
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with held(folder.with_suffix(".lock")):  # tests run in several processes
        if not (folder / "installed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, with_pip=False)
            _inherit(python)
            words = [sys.executable, "-m", "pip", "--python", str(python), *INSTALL, "-r", str(requirements)]
            done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                leave(f"pip installs nothing here ({done.stderr.strip()[-300:]})", what)
            (folder / "installed").touch()
    return python


def _inherit(python: Path) -> None:
    """Show an environment what this one has, so that pip installs only what is missing or of another version."""
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    ours = sysconfig.get_path("purelib")
    (packages / "inherited.pth").write_text(f"import site; site.addsitedir({ours!r})\n", "utf-8")
