"""The project as files and syntax trees, read once for all house tests.

Walks the disk instead of asking git, so that a tree without a repository is checked as well.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MADE_HERE = frozenset({"build", "dist", "node_modules", "test-results"})
"""Folders that tools make. Folders that begin with a dot are skipped too, but for these:"""

DOTTED = frozenset({".chalice", ".ci", ".github"})
CHALICE_OWN = frozenset({"deployments", "deployed", "venv"})


def _is_ours(folder: Path) -> bool:
    if folder.parent.name == ".chalice" and folder.name in CHALICE_OWN:
        return False
    if folder.name.startswith("."):
        return folder.name in DOTTED
    return folder.name not in MADE_HERE and folder.name != "__pycache__"


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            if _is_ours(entry):
                yield from _walk(entry)
        elif entry.name != ".git":  # a file where the checkout is a linked work tree
            yield entry


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that a commit could hold."""
    return tuple(_walk(ROOT))


def python_files(*folders: str) -> tuple[Path, ...]:
    """Every Python file under ``folders``, which are named from the project's root."""
    roots = tuple(ROOT / folder for folder in folders)
    return tuple(
        path
        for path in project_files()
        if path.suffix == ".py" and any(path.is_relative_to(root) for root in roots)
    )


@cache
def source_of(path: Path) -> str:
    if not path.exists():
        pytest.fail(f"{name_of(path)} is missing", pytrace=False)
    return path.read_text(encoding="utf-8")


@cache
def syntax_of(path: Path) -> ast.Module:
    return ast.parse(source_of(path), filename=str(path))


def name_of(path: Path) -> str:
    """The path from the project's root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def place(path: Path, node: ast.AST) -> str:
    """``chalicelib/domain/points.py:12``: where an editor can go."""
    return f"{name_of(path)}:{getattr(node, 'lineno', 1)}"


@cache
def imports_of(path: Path) -> tuple[tuple[str, ast.AST], ...]:
    """Every absolute name that the file imports: ``a.b`` and, of ``from a import b``, ``a.b``."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node


def typing_only(path: Path) -> frozenset[ast.AST]:
    """Every node under `if TYPE_CHECKING:`, which no interpreter runs."""
    blocks = (
        node
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING")
    )
    return frozenset(node for block in blocks for line in block.body for node in ast.walk(line))


def dotted(node: ast.expr) -> str:
    """``os.environ`` of the expression that says so; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def assert_none(found: Iterable[str]) -> None:
    """Fail with every finding on a line of its own, so that an editor can go there."""
    if lines := sorted(set(found)):
        pytest.fail("\n".join(lines), pytrace=False)
