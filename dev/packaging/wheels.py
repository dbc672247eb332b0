"""The libraries of the function: fetched for arm64, held to the pins, cut to what is used.

pip resolves the requirements for Lambda's machine, not for this one, from wheels alone. What it
brings beyond ``requirements.txt`` stops the build: then the pins are not the whole truth. Of a
library only what Python loads is kept, and its licence; of botocore's 400 services, ours.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from dev.packaging.interpreters import GLIBC_MINOR, clean_environment
from dev.packaging.outcome import PackageFailed
from dev.packaging.project import ROOT

AWS_SERVICES: Final = frozenset({"dynamodb", "kms", "s3", "sqs"})
"""Services that the function calls; botocore knows no other in the zip."""

AARCH64: Final = 183  # e_machine of an ELF file
_ELF_MACHINE: Final = slice(18, 20)

_OLDEST_GLIBC_MINOR: Final = 17  # manylinux2014, the oldest that has wheels for arm64
_BY_CHALICE: Final = "chalice"  # `chalice package` puts its own run time into the zip
_LOADED: Final = frozenset({".gz", ".json", ".pem", ".py", ".so"})
_WHOLE: Final = "tzdata"  # its zones are files without a suffix
_LEGAL: Final = ("LICENSE", "LICENCE", "NOTICE", "COPYING")


def requirements() -> dict[str, str]:
    """Name and version of every pinned library but Chalice."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    pins = dict(line.split("==") for line in lines if line)
    del pins[_BY_CHALICE]
    return pins


def _platforms(python: str) -> list[str]:
    """Tags of all wheels that run there; pip does not count down by itself."""
    minors = range(GLIBC_MINOR[python], _OLDEST_GLIBC_MINOR - 1, -1)
    tags = [f"manylinux_2_{minor}_aarch64" for minor in minors] + ["manylinux2014_aarch64"]
    return [word for tag in tags for word in ("--platform", tag)]


def _install(into: Path, python: str) -> None:
    pins = [f"{name}=={version}" for name, version in requirements().items()]
    target = ["--target", str(into), "--implementation", "cp", "--python-version", python]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-compile", "--only-binary=:all:"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *quiet, *target, *_platforms(python), *pins],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageFailed(f"pip cannot fetch the libraries for arm64:\n{done.stderr}")


def _name(words: str) -> str:
    return re.sub(r"[-_.]+", "-", words).lower()


def _hold_to_pins(tree: Path) -> None:
    """Raises PackageFailed if pip brought what is not pinned."""
    pinned = {(_name(name), version) for name, version in requirements().items()}
    brought = {
        (_name(folder.name.removesuffix(".dist-info").rpartition("-")[0]), version)
        for folder in tree.glob("*.dist-info")
        if (version := folder.name.removesuffix(".dist-info").rpartition("-")[2])
    }
    if brought != pinned:
        odd = ", ".join(f"{name}=={version}" for name, version in sorted(brought ^ pinned))
        raise PackageFailed(f"requirements.txt is not what pip brings: {odd}")


def _is_kept(path: Path) -> bool:
    """Whether a file of a library is shipped; ``path`` is relative to the zip's root."""
    top = path.parts[0]
    if top.endswith(".dist-info"):
        return path.name == "METADATA" or path.name.startswith(_LEGAL)
    if path.parts[:2] == ("botocore", "data"):
        return len(path.parts) == 3 or path.parts[2] in AWS_SERVICES
    if path.parts[:2] == ("boto3", "data"):
        return False  # boto3's resources, an interface that we do not use
    return top != "bin" and (top == _WHOLE or path.suffix in _LOADED)


def _cut(tree: Path) -> None:
    for path in sorted(tree.rglob("*"), reverse=True):
        if path.is_file() and not _is_kept(path.relative_to(tree)):
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def elf_machine(code: bytes) -> int:
    """The processor that a shared library is for; ``AARCH64`` is ours."""
    return int.from_bytes(code[_ELF_MACHINE], "little")


def _hold_to_machine(tree: Path) -> None:
    """Raises PackageFailed for machine code that Lambda could not load."""
    for path in tree.rglob("*.so"):
        if elf_machine(path.read_bytes()) != AARCH64:
            raise PackageFailed(f"{path.relative_to(tree)} is not for arm64")


def add_libraries(tree: Path, python: str) -> None:
    """Put the pinned libraries for Lambda on arm64 and ``python`` into ``tree``.

    Raises:
        PackageFailed: pip does not bring exactly the pins, or not for arm64.
    """
    libraries = tree.with_name("libraries")
    _install(libraries, python)
    _hold_to_pins(libraries)
    _cut(libraries)
    _hold_to_machine(libraries)
    shutil.copytree(libraries, tree, dirs_exist_ok=True)
