"""Lists of values in statements: as one parameter, so that one text serves all lengths, or split over several.

``IN (?, ?, …)`` is a statement of its own for each length: SQLAlchemy writes it again each time, and both engines
parse and plan it again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, String, any_, bindparam, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")
CHUNK = 400  # SQLite and PostgreSQL both limit the parameters of one statement


def split_into_chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield ``values`` in order, at most `CHUNK` at a time: each chunk fits into one ``IN (…)``."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


class JsonList(TypeDecorator[Any]):
    """List of values as SQLite takes it: JSON of what each of them is stored as."""

    impl = String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def bind_processor(self, dialect: Dialect) -> Any:
        process = self.item.dialect_impl(dialect).bind_processor(dialect)

        def write(values: Iterable[Any]) -> str:
            return json.dumps([*values] if process is None else [process(value) for value in values])

        return write


class _IsOneOf(ColumnElement[bool]):
    """Condition on a column, as each engine has it."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True  # else SQLite would be asked whether it equals 1, and would use no index

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        # Without its length: a cast to one would cut a longer text, and find another one.
        is_text = isinstance(column.type, String)
        item = String() if is_text else column.type
        each = func.json_each(bindparam(name, type_=JsonList(item))).table_valued("value")
        values = bindparam(name, type_=ARRAY(item))
        self.by_engine: dict[str, ColumnElement[bool]] = {
            "sqlite": column.in_(select(each.c.value)),
            # By ANY PostgreSQL compares each row of a table that it takes for small with each value. With texts that
            # takes long; with numbers it takes less than what it makes of a subquery.
            "postgresql": column.in_(select(func.unnest(values))) if is_text else column == any_(values),
        }


@compiles(_IsOneOf)
def _compile_is_one_of(condition: _IsOneOf, compiler: Any, **options: Any) -> str:
    text: str = compiler.process(condition.by_engine[compiler.dialect.name], **options)
    return text


def is_one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column has one of the values of the parameter ``name``: texts, numbers or times.

    For `PreparedStatement`, and joined to others by AND alone: while the list is empty, the statement is not sent.
    """
    return _IsOneOf(column, name)
