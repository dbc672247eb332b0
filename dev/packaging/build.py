"""The build, from the project to a zip and its template, in a folder that is thrown away.

    copy of the project → chalice package (template, run time of Chalice)
                        → libraries for arm64 → bytecode → zip

Nothing is written into the project but the two files that were asked for, and only once both
are made. The same sources, pins and tools give the same bytes.
"""

import hashlib
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dev.packaging.archive import compile_tree, write_zip
from dev.packaging.interpreters import interpreter
from dev.packaging.project import copy_project, run_chalice
from dev.packaging.template import additions
from dev.packaging.wheels import add_libraries

TEMPLATE: Final = "sam.json"
ZIP: Final = "deployment.zip"  # the template names it by this


@dataclass(frozen=True, slots=True)
class Package:
    """What was made."""

    template: Path
    archive: Path
    sha256: str  # of the zip, in hex
    zip_bytes: int
    files: int


def _described(out: Path) -> Package:
    archive = out / ZIP
    with zipfile.ZipFile(archive) as opened:
        files = len(opened.namelist())
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    return Package(out / TEMPLATE, archive, sha256, archive.stat().st_size, files)


def _unpack(archive: Path, into: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(into)


def make_template(python: str, work: Path) -> Path:
    """Chalice's part, in the empty folder ``work``: the path of the merged template.

    Beside it lies Chalice's zip, which has our code and Chalice's run time but no library.

    Raises:
        PackageFailed: Chalice does not package the project.
    """
    project, out = work / "project", work / "chalice"
    copy_project(project)
    run_chalice(project, additions(python), out)
    return out / TEMPLATE


def build(out: Path, python: str) -> Package:
    """Make ``out/sam.json`` and ``out/deployment.zip`` for a function on Python ``python``.

    Raises:
        PackageFailed: something is missing, does not fit, or cannot be fetched.
    """
    compiler = interpreter(python)
    with tempfile.TemporaryDirectory(prefix="laurel-package-") as name:
        work = Path(name)
        template = make_template(python, work)
        tree = work / "tree"
        _unpack(template.with_name(ZIP), tree)
        add_libraries(tree, python)
        compile_tree(tree, compiler)
        write_zip(tree, work / ZIP)
        out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work / ZIP, out / ZIP)
        shutil.copyfile(template, out / TEMPLATE)
    return _described(out)
