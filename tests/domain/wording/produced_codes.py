"""Every code that the domain can put into an explanation, a trace or an order's reason.

Read off the syntax: the first argument of ``Explained(...)``, ``TraceRow(...)``, ``.tell(...)`` and
``.aside(...)``, and every ``reason=...`` of an order document. An argument that is no literal is
followed: through assignments (unpacked tuples, constants), parameters to the calls that fill them,
returned values, and every ``reason`` that a document is made with. What can't be followed fails,
so that a new way of making codes is taught to this file instead of slipping past it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.house.tree import ROOT, imports_of, place, python_files, syntax_of

Function = ast.FunctionDef
CODE_ARGUMENT = "code"
TRACED = frozenset({"tell", "aside"})
ORDER_PLACES = frozenset({"awards.py", "order_decision.py", "orders.py", "posting.py"})


@dataclass(frozen=True)
class Source:
    """One expression where it stands: its file, and the functions around it, innermost first."""

    path: Path
    node: ast.expr
    around: tuple[Function, ...]


@dataclass(eq=False)
class Domain:
    """Calls, functions and expressions of chalicelib/domain, with their places; never changed."""

    calls: list[tuple[ast.Call, Source]] = field(default_factory=list)
    functions: dict[str, list[tuple[Function, Path, tuple[Function, ...]]]] = field(
        default_factory=dict
    )
    fields: dict[str, list[str]] = field(default_factory=dict)  # of each class, in order


@cache
def read_domain() -> Domain:
    domain = Domain()
    for path in python_files("chalicelib/domain"):
        if "wording" not in path.parts:
            _read(domain, path, syntax_of(path), ())
    return domain


def _read(domain: Domain, path: Path, node: ast.AST, around: tuple[Function, ...]) -> None:
    for child in ast.iter_child_nodes(node):
        inner = around
        if isinstance(child, Function):
            domain.functions.setdefault(child.name, []).append((child, path, around))
            inner = (child, *around)
        if isinstance(child, ast.ClassDef):
            domain.fields[child.name] = [
                line.target.id
                for line in child.body
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
            ]
        if isinstance(child, ast.Call):
            domain.calls.append((child, Source(path, child, around)))
        _read(domain, path, child, inner)


@cache
def explained_codes(domain: Domain) -> frozenset[str]:
    return _codes(domain, frozenset({"Explained"}))


@cache
def trace_codes(domain: Domain) -> frozenset[str]:
    return _codes(domain, TRACED | {"TraceRow"})


@cache
def order_reasons(domain: Domain) -> frozenset[str]:
    """What ``OrderDocument.reason`` can hold."""
    return frozenset(
        code for source in _reason_sources(domain) for code in Follower(domain).values(source)
    ) - {""}


def trace_variants(domain: Domain, parameter: str) -> frozenset[str]:
    """What one parameter of trace rows can be."""
    found: set[str] = set()
    for call, source in domain.calls:
        if _name(call) in TRACED | {"TraceRow"}:
            for keyword in call.keywords:
                for given in _values_of_key(keyword.value, parameter):
                    found |= Follower(domain).values(Source(source.path, given, source.around))
    return frozenset(found)


def _values_of_key(node: ast.expr, key: str) -> Iterator[ast.expr]:
    if isinstance(node, ast.Dict):
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == key:
                yield value


def _codes(domain: Domain, makers: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for call, source in domain.calls:
        if _name(call) in makers and not _is_inside_tracing(source):
            given = _argument(call, 0, CODE_ARGUMENT)
            assert given is not None, f"{place(source.path, call)}: no code"
            found |= Follower(domain).values(Source(source.path, given, source.around))
    return frozenset(found) - {""}


def _is_inside_tracing(source: Source) -> bool:
    """``Trace.tell`` hands on what it is given: its callers are looked at instead."""
    return source.path.name == "tracing.py" and any(f.name in TRACED for f in source.around)


def _reason_sources(domain: Domain) -> Iterator[Source]:
    for call, source in domain.calls:
        if source.path.name in ORDER_PLACES:
            fields = domain.fields.get(_name(call), [])
            index = fields.index("reason") if "reason" in fields else len(call.args)
            given = _argument(call, index, "reason")
            if given is not None:
                yield Source(source.path, given, source.around)


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _means(call: ast.Call, source_path: Path, name: str, defined_in: Path) -> bool:
    """Whether a call in one file is of the function ``name`` of another (or the same) file."""
    if _name(call) != name:
        return False
    if isinstance(call.func, ast.Attribute):
        return True
    module = ".".join(defined_in.with_suffix("").relative_to(ROOT).parts)
    is_imported = any(found == f"{module}.{name}" for found, _ in imports_of(source_path))
    return source_path == defined_in or is_imported


def _argument(call: ast.Call, index: int, name: str) -> ast.expr | None:
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    return call.args[index] if index < len(call.args) else by_name.get(name)


def _choices(node: ast.BoolOp | ast.IfExp) -> list[ast.expr]:
    return node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]


class Follower:
    """Follows one expression to the texts that it can be. ``element``: of the tuple that it is."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.seen: set[tuple[int, int | None]] = set()

    def values(self, source: Source, element: int | None = None) -> set[str]:
        if (id(source.node), element) in self.seen:
            return set()
        self.seen.add((id(source.node), element))
        found: set[str] = set()
        for reached, index in self._step(source, element):
            if isinstance(reached, str):
                found.add(reached)
            else:
                found |= self.values(reached, index)
        return found

    def _step(
        self, source: Source, element: int | None
    ) -> Iterator[tuple[str | Source, int | None]]:
        path, around = source.path, source.around
        match source.node:
            case ast.Constant(value=str() as text) if element is None:
                yield text, None
            case ast.Tuple(elts=parts) if element is not None:
                yield Source(path, parts[element], around), None
            case ast.BoolOp() | ast.IfExp() as choice:
                for part in _choices(choice):
                    yield Source(path, part, around), element
            case ast.Name(id=name):
                yield from self._bindings(source, name, element)
            case ast.Call() as call if _name(call) in self.domain.functions:
                yield from self._returned(call, path, element)
            case ast.Attribute(attr="reason"):
                yield from ((reason, None) for reason in _reason_sources(self.domain))
            case node:
                raise AssertionError(
                    f"{place(path, node)}: can't tell which code `{ast.unparse(node)}` is; "
                    "teach produced_codes.py to follow it"
                )

    def _returned(
        self, call: ast.Call, called_in: Path, element: int | None
    ) -> Iterator[tuple[Source, int | None]]:
        for function, path, around in self.domain.functions[_name(call)]:
            if not _means(call, called_in, function.name, path):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield Source(path, node.value, (function, *around)), element

    def _bindings(
        self, source: Source, name: str, element: int | None
    ) -> Iterator[tuple[Source, int | None]]:
        """Assignments of ``name`` in the nearest function that knows it, and its parameter."""
        for depth, function in enumerate(source.around):
            around = source.around[depth:]
            found = [
                (Source(source.path, value, around), element if index is None else index)
                for value, index in _assigned(function, name)
            ]
            found += [(given, element) for given in self._passed(function, source.path, name)]
            if found:
                yield from found
                return
        constants = [
            (Source(source.path, node.value, ()), None)
            for node in syntax_of(source.path).body
            if isinstance(node, ast.AnnAssign) and node.value and [*_places(node.target, name)]
        ]
        if constants:
            yield from constants
            return
        raise AssertionError(f"{place(source.path, source.node)}: nothing assigns `{name}`")

    def _passed(self, function: Function, path: Path, name: str) -> Iterator[Source]:
        parameters = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
        if name not in parameters:
            return
        is_method = parameters[0] == "self"
        index = parameters.index(name) - is_method
        for call, source in self.domain.calls:
            if _means(call, source.path, function.name, path):
                given = _argument(call, index, name)
                if given is not None:
                    yield Source(source.path, given, source.around)


def _assigned(function: Function, name: str) -> Iterator[tuple[ast.expr, int | None]]:
    """Values given to ``name``, each with its place in the unpacked tuple, or None."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from ((value, index) for index in _places(target, name))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from ((value, index) for index in _places(target, name))
            case ast.NamedExpr(target=ast.Name(id=target_name), value=value):
                if target_name == name:
                    yield value, None


def _places(target: ast.expr, name: str) -> Iterator[int | None]:
    match target:
        case ast.Name(id=target_name) if target_name == name:
            yield None
        case ast.Tuple(elts=parts):
            for index, part in enumerate(parts):
                if isinstance(part, ast.Name) and part.id == name:
                    yield index
