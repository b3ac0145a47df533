"""Statements that every tap and every event needs, compiled once and sent straight to the driver.

SQLAlchemy's way from a statement to its rows takes several times as long as SQLite takes to find a row by its key. A
tap has eight of them, and what brings one event forty, so they take a way of their own.

Invariants:

* The text, the types of parameters and those of columns are SQLAlchemy's: only its bookkeeping is left out.
* Errors are SQLAlchemy's too, without parameters: those are what people said.
* A transaction begins as it does for any other statement.
* Who listens to statements, as tests do that count them, hears of these like of all others.
* A list of values is one parameter (`bot.db.engine.chunks`), so lists of any length share one text, which the driver
  keeps prepared. While a list is empty, no statement is sent: no value is one of none.
* PostgreSQL gets many new rows as one statement, with an array for each column: a call for each row would take it
  several times as long.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import starmap
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ARRAY, Column, CompoundSelect, Connection, Dialect, Executable, Select, String
from sqlalchemy.exc import DBAPIError

from bot.db.engine.chunks import JsonList
from bot.db.engine.rows import field_names

T = TypeVar("T")
Values = Mapping[str, Any]
_DOUBLE_PRECISION = 701  # PostgreSQL's number of the type of all our Float columns; other types do not ask
_ROW = re.compile(r"VALUES \(([^()]*)\)")
_Process = tuple[int, Callable[[Any], Any]]  # of a place


class PreparedRow:
    """Row for `bot.db.engine.rows` and for reading by name; of several columns with one name the last counts."""

    __slots__ = ("_mapping", "_names")

    def __init__(self, mapping: Mapping[Any, Any], names: Mapping[str, Any]) -> None:
        self._mapping, self._names = mapping, names

    def __getattr__(self, name: str) -> Any:
        return self._mapping[self._names[name]]


class _Compiled(NamedTuple):
    """Statement as a driver takes it, with what its parameters and columns become.

    Processes are only of the places whose value the driver does not take or give as it is. ``array_text`` inserts all
    rows of arrays of their columns; None where the driver takes rows one by one.
    """

    text: str
    array_text: str | None
    fixed: Values  # values that stand in the statement itself
    parameters: Sequence[str]
    lists: Sequence[str]  # parameters that are lists
    bind_processes: Sequence[_Process]
    columns: Sequence[Any]
    names: Mapping[str, Any]
    read_processes: Sequence[_Process]

    def bind(self, values: Values) -> Sequence[Any]:
        all_values = {**self.fixed, **values} if self.fixed else values
        return tuple(_process_all([all_values[name] for name in self.parameters], self.bind_processes))

    def read(self, fetched: Sequence[Any]) -> PreparedRow:
        values = _process_all([*fetched], self.read_processes)
        return PreparedRow(dict(zip(self.columns, values, strict=True)), self.names)


def _process_all(values: list[Any], processes: Sequence[_Process]) -> Sequence[Any]:
    for place, process in processes:
        values[place] = process(values[place])
    return values


class PreparedStatement:
    """SELECT, INSERT, UPDATE or DELETE, compiled once for each engine and set of ``values`` that it is run with.

    Lists of values are parameters by `bot.db.engine.chunks.is_one_of` alone: of ``IN``, each length would be a
    statement of its own.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def run(self, tx: Connection, values: Values) -> None:
        """Run the statement and drop its rows."""
        self.fetch(tx, values)

    def run_many(self, tx: Connection, rows: Sequence[Values]) -> None:
        """Run the statement for each of these, in one call of the driver; all of them name the same values."""
        if not rows:
            return
        compiled = self._compile_for(tx, rows[0])
        bound = [compiled.bind(values) for values in rows]
        if compiled.array_text is None:
            _fetch_all(tx, compiled, bound, is_many=True)
        else:
            _fetch_all(tx, compiled._replace(text=compiled.array_text), tuple(zip(*bound, strict=True)))

    def list_rows(self, tx: Connection, values: Values) -> Sequence[Any]:
        """Run the statement and return its rows."""
        compiled, rows = self.fetch(tx, values)
        return [compiled.read(row) for row in rows]

    def find_row(self, tx: Connection, values: Values) -> Any:
        """Run the statement and return its first row, None without any."""
        compiled, rows = self.fetch(tx, values)
        return compiled.read(rows[0]) if rows else None

    def fetch(self, tx: Connection, values: Values) -> tuple[_Compiled, Sequence[Any]]:
        """Run the statement and return its rows as the driver gives them."""
        compiled = self._compile_for(tx, values)
        if any(not values[name] for name in compiled.lists):
            return compiled, ()
        return compiled, _fetch_all(tx, compiled, compiled.bind(values))

    def _compile_for(self, tx: Connection, values: Values) -> _Compiled:
        key = (tx.dialect.name, *values)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _compile(self._statement, tx.dialect, list(values))
        return compiled


def _fetch_all(
    tx: Connection, compiled: _Compiled, parameters: Sequence[Any], *, is_many: bool = False
) -> Sequence[Any]:
    """Let the driver run a statement, and return its rows; with ``is_many`` run it for each of the parameters."""
    if tx.dispatch.before_cursor_execute:
        result = tx.exec_driver_sql(compiled.text, parameters)
        return result.fetchall() if result.returns_rows else ()
    if not tx.in_transaction():
        tx.begin()
    cursor = tx.connection.cursor()
    try:
        (cursor.executemany if is_many else cursor.execute)(compiled.text, parameters)
        return cursor.fetchall() if compiled.columns else ()
    except tx.dialect.loaded_dbapi.Error as error:
        raise _wrap_error(tx, compiled.text, error) from error
    finally:
        cursor.close()


def _wrap_error(tx: Connection, text: str, error: Exception) -> Exception:
    """Return the error as SQLAlchemy would raise it, and give a connection up that can be used no more."""
    dialect = tx.dialect
    is_lost = dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]  # it looks at the error alone
    # What PostgreSQL prepared for tables that were migrated since stays with the connection, and fails again.
    if is_lost or "InvalidCachedStatement" in type(error).__name__:
        tx.invalidate(error)
    return DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )


def _compile(statement: Any, dialect: Dialect, names: Sequence[str]) -> _Compiled:
    if statement.is_insert and not statement._returning:
        statement = statement.inline()  # else PostgreSQL would return ids that nobody reads
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.post_compile_params or compiled.literal_execute_params:
        raise TypeError("a prepared statement takes lists of values by is_one_of alone")
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError("a prepared statement is given all columns that have a default in Python")
    columns = list(statement.exported_columns) if _returns_rows(statement) else []
    kinds = [compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup]
    keys = [column if isinstance(column, Column) else column.name for column in columns]
    text = str(compiled)
    return _Compiled(
        text=text,
        array_text=_find_array_text(compiled, text),
        fixed={name: compiled.binds[name].effective_value for name in compiled.positiontup if name not in names},
        parameters=compiled.positiontup,
        lists=[name for name, bind in compiled.binds.items() if isinstance(bind.type, JsonList | ARRAY)],
        bind_processes=_list_processes(kind.bind_processor(dialect) for kind in kinds),
        columns=keys,
        names={column.name: key for column, key in zip(columns, keys, strict=True)},
        read_processes=_list_processes(
            column.type.dialect_impl(dialect).result_processor(dialect, _DOUBLE_PRECISION) for column in columns
        ),
    )


def _find_array_text(compiled: Any, text: str) -> str | None:
    """Return an INSERT of PostgreSQL that takes an array for each parameter, one item a row; None for others."""
    if compiled.dialect.name != "postgresql" or not compiled.isinsert or compiled.effective_returning:
        return None
    kinds = [compiled.binds[name].type for name in compiled.positiontup]
    arrays = ", ".join(f"${number}::{_name_type(kind, compiled.dialect)}[]" for number, kind in enumerate(kinds, 1))
    before, row, after = _ROW.split(text, 1)
    if row.count("$") != len(kinds):
        raise TypeError("a prepared INSERT takes nothing but parameters as its values")
    return f"{before}SELECT * FROM unnest({arrays}){after}"  # our own statement # nosec B608


def _name_type(kind: Any, dialect: Dialect) -> str:
    # Without its length: a cast to one would cut a longer text instead of refusing it.
    stored = String() if isinstance(kind, String) else kind.dialect_impl(dialect)
    return str(dialect.type_compiler_instance.process(stored))


def _returns_rows(statement: Any) -> bool:
    return statement.is_select or bool(statement._returning)


def _list_processes(processes: Iterable[Callable[[Any], Any] | None]) -> Sequence[_Process]:
    return [(place, process) for place, process in enumerate(processes) if process is not None]


class PreparedQuery(Generic[T]):
    """SELECT whose rows become a ``record`` each, a named tuple or dataclass: ``query.list_records(tx, values)``.

    Its columns have the names of the fields, in any order: see `bot.db.engine.rows.select_record`. Raises KeyError at
    once when a field has no column.
    """

    def __init__(self, record: type[T], statement: Select[Any] | CompoundSelect[Any]) -> None:
        names = [column.name for column in statement.exported_columns]
        places = {name: place for place, name in enumerate(names)}
        in_order = [places[name] for name in field_names(record)]
        self._record, self._statement = record, PreparedStatement(statement)
        self._take = None if in_order == [*range(len(names))] else itemgetter(*in_order)

    def list_records(self, tx: Connection, values: Values) -> list[T]:
        """Run the statement and return a record of each row."""
        compiled, fetched = self._statement.fetch(tx, values)
        rows = [_process_all([*row], compiled.read_processes) for row in fetched]
        return list(starmap(self._record, rows if self._take is None else map(self._take, rows)))
