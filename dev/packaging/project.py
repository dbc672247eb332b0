"""What of the project goes to Lambda, copied to where Chalice packages it.

Chalice would put everything under ``chalicelib`` into the zip, and with ``chalice`` in
``requirements.txt`` also pip, setuptools and its command line. So it gets a copy: our code alone,
and no requirements (``wheels`` brings them).
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from chalicelib.storage.definition import Json
from dev.packaging.interpreters import clean_environment
from dev.packaging.outcome import PackageFailed

ROOT: Final = Path(__file__).parents[2]
STAGE: Final = "production"

_SHIPPED: Final = frozenset({".py", ".json"})
_LEFT_BEHIND: Final = frozenset({".md", ".pyc"})
_OWN_FILES: Final = (
    "app.py",
    ".chalice/config.json",
    f".chalice/policy-{STAGE}.json",
    ".chalice/policy-audit.json",
    ".chalice/policy-replays.json",
)
_CHALICE: Final = "from chalice.cli import main; raise SystemExit(main())"


def _shipped_files() -> Iterator[Path]:
    """Raises PackageFailed for a file of a kind that nobody has decided about."""
    for path in sorted((ROOT / "chalicelib").rglob("*")):
        if path.suffix in _SHIPPED:
            yield path
        elif path.is_file() and path.suffix not in _LEFT_BEHIND:
            raise PackageFailed(f"{path.relative_to(ROOT)}: does this kind of file ship or not?")


def copy_project(to: Path) -> None:
    """Copy what ships and what Chalice reads into the empty folder ``to``.

    Raises:
        PackageFailed: a file of ours is of a kind that nobody has decided about.
    """
    for path in (*(ROOT / name for name in _OWN_FILES), *_shipped_files()):
        target = to / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (to / "requirements.txt").write_text("")


def run_chalice(project: Path, merge: dict[str, Json], out: Path) -> None:
    """``chalice package`` of the copy ``project`` with the template ``merge``, into ``out``.

    Raises:
        PackageFailed: Chalice does not package it; its words follow.
    """
    additions = project / "additions.json"
    additions.write_bytes(msgspec.json.encode(merge))
    words = ("package", "--stage", STAGE, "--merge-template", str(additions), str(out))
    done = subprocess.run(
        [sys.executable, "-c", _CHALICE, *words],
        cwd=project,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageFailed(f"chalice package failed:\n{done.stdout}{done.stderr}")
