"""One template and one whole build for all tests here; the build fetches wheels (about 6 s)."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev.packaging.build import Package, build, make_template
from dev.packaging.interpreters import PINNED, RUNNING, find_interpreter
from dev.packaging.outcome import PackageFailed

OFFLINE = "NewConnectionError"


@pytest.fixture(scope="session")
def template_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(PINNED, tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def template(template_path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(template_path.read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="session")
def python() -> str:
    """The version that is packaged for: the pinned one, or else what this machine has."""
    return PINNED if find_interpreter(PINNED) else RUNNING


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory, python: str) -> Package:
    try:
        return build(tmp_path_factory.mktemp("package"), python)
    except PackageFailed as problem:
        if OFFLINE in str(problem):
            pytest.skip("PyPI is out of reach, so there are no libraries for arm64")
        raise


@pytest.fixture
def archive(package: Package) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(package.archive) as opened:
        yield opened


@pytest.fixture(scope="session")
def tree(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda unpacks."""
    folder = tmp_path_factory.mktemp("tree")
    with zipfile.ZipFile(package.archive) as opened:
        opened.extractall(folder)
    return folder
