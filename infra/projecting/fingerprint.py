"""Tells whether a read model is still folded the way its table was made.

A fingerprint covers the row's columns and the source of its folds with every function and class of
ours they use, without comments, docstrings and layout. A changed fingerprint is a new schema
version and starts by a rebuild.
"""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import CodeType, FunctionType
from typing import Any

from pydantic import BaseModel

from infra.projecting.columns import Column
from projections.base import FoldSpec, Row

_OURS = ("projections", "domain", "infra.projecting")


def fingerprint(row: type[Row], columns: Sequence[Column], folds: Sequence[FoldSpec]) -> str:
    """32 hexadecimal characters."""
    digest = hashlib.blake2b(digest_size=16)
    for part in _parts(row, columns, folds):
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _parts(row: type[Row], columns: Sequence[Column], folds: Sequence[FoldSpec]) -> Iterator[str]:
    yield f"{row.model_name} {row.key} {row.history}"
    for column in columns:
        yield f"{column.name} {column.declared} {column.optional} {column.indexed}"
        if column.without:
            yield f"without {column.without}"
    yield repr(_without_words(row.model_json_schema(mode="serialization")))
    seen: set[Any] = {row}
    for spec in folds:
        yield f"{spec.event_class.type_name} {spec.expects}"
        yield from _sources(spec.apply, row, seen)
        yield from _sources(spec.key_of, row, seen)


def _without_words(schema: Any) -> Any:
    if isinstance(schema, dict):
        words = {"description", "title"}
        return {k: _without_words(v) for k, v in sorted(schema.items()) if k not in words}
    if isinstance(schema, list):
        return [_without_words(part) for part in schema]
    return schema


def _sources(used: Any, row: type[Row], seen: set[Any]) -> Iterator[str]:
    """The source of a function and, through the names it uses, of whatever of ours it calls."""
    if isinstance(used, partial):
        yield repr((used.args, sorted(used.keywords.items())))
        used = used.func
    if used in seen:
        return
    seen.add(used)
    yield _source(used)
    if isinstance(used, FunctionType):
        yield repr([cell.cell_contents for cell in used.__closure__ or () if _is_plain(cell)])
        for name in sorted(_names(used.__code__)):
            value = used.__globals__.get(name)
            if _is_ours(value, used.__module__):
                yield from _sources(value, row, seen)


def _is_plain(cell: Any) -> bool:
    return isinstance(cell.cell_contents, str | int | float | bool | None | tuple)


def _names(code: CodeType) -> set[str]:
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*(_names(part) for part in inner))


def _is_ours(value: Any, module: str) -> bool:
    """Functions and plain classes; a model's shape is in the schemas, and events only grow."""
    if not isinstance(value, FunctionType | type):
        return False
    if isinstance(value, type) and issubclass(value, BaseModel):
        return False
    return value.__module__ == module or value.__module__.startswith(_OURS)


def _source(used: Callable[..., Any] | type) -> str:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(used)))
    except (OSError, TypeError, SyntaxError):
        # typed in at a prompt, or a lambda in the middle of an expression
        code = getattr(used, "__code__", None)
        return f"{code.co_code!r} {code.co_names}" if code else repr(used)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
