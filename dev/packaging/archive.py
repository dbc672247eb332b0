"""A folder as the zip of a function: compiled, sorted, dateless, so the same twice.

Lambda unpacks read-only, so without bytecode in the zip every cold start compiles everything:
489 ms to import where 195 were enough. The bytecode is marked "unchecked": Python takes it
without comparing it with its source, whose time the zip does not keep.
"""

import stat
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dev.packaging.interpreters import clean_environment
from dev.packaging.outcome import PackageFailed

ZIP_BYTES_MAX: Final = 50_000_000  # Lambda's limits, of the zip and of what is in it
TREE_BYTES_MAX: Final = 250_000_000

_WHERE_LAMBDA_UNPACKS: Final = "/var/task"
_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say
_MODE: Final = stat.S_IFREG | 0o644
_MADE_ON_UNIX: Final = 3


def compile_tree(tree: Path, interpreter: str) -> None:
    """Write bytecode beside every source of ``tree``, with paths as they are in Lambda.

    Raises:
        PackageFailed: a source does not compile.
    """
    mode = ["--invalidation-mode", "unchecked-hash"]
    paths = ["-s", str(tree), "-p", _WHERE_LAMBDA_UNPACKS]
    done = subprocess.run(
        [interpreter, "-m", "compileall", "-q", *mode, *paths, str(tree)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageFailed(f"a source does not compile:\n{done.stdout}{done.stderr}")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _MADE_ON_UNIX
    entry.external_attr = _MODE << 16
    return entry


def _names(tree: Path) -> Iterator[str]:
    return (path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file())


def write_zip(tree: Path, to: Path) -> None:
    """Write every file of ``tree`` into the zip ``to``.

    Raises:
        PackageFailed: it is larger than Lambda takes.
    """
    tree_bytes = 0
    with zipfile.ZipFile(to, "w") as archive:
        for name in sorted(_names(tree)):
            content = (tree / name).read_bytes()
            tree_bytes += len(content)
            archive.writestr(_entry(name), content)
    if to.stat().st_size > ZIP_BYTES_MAX or tree_bytes > TREE_BYTES_MAX:
        raise PackageFailed(f"Lambda takes {ZIP_BYTES_MAX:,} bytes, {TREE_BYTES_MAX:,} unpacked")
