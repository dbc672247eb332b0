"""What is in the zip, whether it stands on its own, and whether it is the same twice."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from dev.packaging.archive import compile_tree, write_zip
from dev.packaging.build import Package
from dev.packaging.interpreters import RUNNING, interpreter
from dev.packaging.wheels import AARCH64, AWS_SERVICES, elf_machine
from tests.house.tree import ROOT, assert_none, python_files, source_of

OURS = ("app.py", "chalicelib/")
STRAY = re.compile(
    r"\.(?:md|rst|pyi|typed|c|h|pyx|sh|exe)$|(?:^|/)(?:tests?|bin|examples|dev|widget|bench)/"
)


def test_no_stray_file_is_in_the_zip(archive: zipfile.ZipFile) -> None:
    assert_none(name for name in archive.namelist() if STRAY.search(name))


def test_the_whole_of_our_code_is_in_the_zip(archive: zipfile.ZipFile) -> None:
    shipped = {
        name for name in archive.namelist() if name.startswith(OURS) and not name.endswith(".pyc")
    }
    sources = (*python_files("chalicelib"), ROOT / "app.py")
    assert shipped >= {path.relative_to(ROOT).as_posix() for path in sources}
    assert {Path(name).suffix for name in shipped} <= {".py", ".json"}


def test_what_chalice_brings_for_packaging_stays_at_home(archive: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0].partition("-")[0] for name in archive.namelist()}
    assert not tops & {"pip", "setuptools", "wheel", "yaml", "inquirer", "click", "moto", "pytest"}
    chalice = {name for name in archive.namelist() if name.startswith("chalice/")}
    assert {name for name in chalice if name.endswith(".py")} == {
        "chalice/__init__.py",
        "chalice/app.py",
    }


def test_every_source_has_its_bytecode_and_of_one_version(
    archive: zipfile.ZipFile, python: str
) -> None:
    names = set(archive.namelist())
    tag = f"cpython-{python.replace('.', '')}"
    sources = [Path(name) for name in names if name.endswith(".py")]
    wanted = {f"{path.parent / '__pycache__' / path.stem}.{tag}.pyc" for path in sources}
    assert {name for name in names if name.endswith(".pyc")} == wanted


def test_bytecode_is_taken_without_a_look_at_its_source(archive: zipfile.ZipFile) -> None:
    # PEP 552: bit 0 says that it goes by a hash, bit 1 that the source is compared with it.
    checked = [
        name
        for name in archive.namelist()
        if name.endswith(".pyc") and int.from_bytes(archive.read(name)[4:8], "little") != 0b01
    ]
    assert_none(checked)


def test_machine_code_is_for_arm64(archive: zipfile.ZipFile) -> None:
    libraries = [name for name in archive.namelist() if ".so" in Path(name).suffixes]
    assert any(name.startswith("msgspec/") for name in libraries)
    assert {elf_machine(archive.read(name)) for name in libraries} == {AARCH64}


def test_every_service_that_storage_calls_is_in_the_zip(archive: zipfile.ZipFile) -> None:
    made = re.compile(r"create_client\(\s*\"(\w+)\"")
    called = {
        service
        for path in python_files("chalicelib/storage")
        for service in made.findall(source_of(path))
    }
    assert called | {"dynamodb"} == AWS_SERVICES  # PynamoDB makes the client of the table
    data = re.compile(r"botocore/data/([^/]+)/")
    assert {found[1] for found in map(data.match, archive.namelist()) if found} == AWS_SERVICES


def test_files_have_no_date_and_can_be_read_by_lambda(archive: zipfile.ZipFile) -> None:
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
    assert archive.namelist() == sorted(archive.namelist())


def test_the_zip_is_small(package: Package) -> None:
    assert package.zip_bytes < 8_000_000  # Lambda takes 50 MB; a third of it is ours, with bytecode


ON_ITS_OWN = """
import sys
from importlib.machinery import SourceFileLoader

sys.path[:0] = sys.argv[1:]
compiled = []
compile_source = SourceFileLoader.source_to_code

def told(self, data, path, **more):
    compiled.append(path)
    return compile_source(self, data, path, **more)

SourceFileLoader.source_to_code = told
import app
from chalicelib.storage import connection, encryption

connection.table()
encryption._client("us-east-1")
print(len(app.app.routes) > 0, [path for path in compiled if path.startswith(sys.argv[2])])
"""


def test_the_zip_runs_on_its_own_from_its_bytecode(tree: Path, tmp_path: Path, python: str) -> None:
    if python != RUNNING:
        pytest.skip("optional: msgspec for this machine is there for the running Python alone")
    # Machine code for arm64 does not load here, so this machine's own stands in for it.
    shutil.copytree(Path(str(msgspec.__file__)).parent, tmp_path / "msgspec")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", ON_ITS_OWN, str(tmp_path), str(tree)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.stdout == "True []\n", done.stderr


def test_the_same_sources_give_the_same_bytes(tmp_path: Path, python: str) -> None:
    def zipped(name: str) -> bytes:
        tree = tmp_path / name
        shutil.copytree(
            ROOT / "chalicelib", tree / "chalicelib", ignore=shutil.ignore_patterns("__pycache__")
        )
        compile_tree(tree, interpreter(python))
        write_zip(tree, tmp_path / f"{name}.zip")
        return (tmp_path / f"{name}.zip").read_bytes()

    assert zipped("once") == zipped("and-once-more")
