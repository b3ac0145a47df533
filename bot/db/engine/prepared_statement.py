"""Statements that every tap needs, compiled once and sent straight to the driver.

SQLAlchemy's way from a statement to its rows takes several times as long as SQLite takes to find a row by its key. A
tap has eight of them, so they take a way of their own.

Invariants:

* The text, the types of parameters and those of columns are SQLAlchemy's: only its bookkeeping is left out.
* Errors are SQLAlchemy's too, without parameters: those are what people said.
* A transaction begins as it does for any other statement.
* Who listens to statements, as tests do that count them, hears of these like of all others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
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

    Processes are only of the places whose value the driver does not take or give as it is.
    """

    text: str
    fixed: Values  # values that stand in the statement itself
    parameters: Sequence[str]
    bind_processes: Sequence[_Process]
    columns: Sequence[Any]
    names: Mapping[str, Any]
    read_processes: Sequence[_Process]

    def bind(self, values: Values) -> Sequence[Any]:
        all_values = {**self.fixed, **values} if self.fixed else values
        return _process_all([all_values[name] for name in self.parameters], self.bind_processes)

    def read(self, fetched: Sequence[Any]) -> PreparedRow:
        values = _process_all([*fetched], self.read_processes)
        return PreparedRow(dict(zip(self.columns, values, strict=True)), self.names)


def _process_all(values: list[Any], processes: Sequence[_Process]) -> Sequence[Any]:
    for place, process in processes:
        values[place] = process(values[place])
    return tuple(values)


class PreparedStatement:
    """SELECT, INSERT, UPDATE or DELETE, compiled once for each engine and set of ``values`` that it is run with.

    Lists of values (``IN``) cannot be parameters: each length would be a statement of its own.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def run(self, tx: Connection, values: Values) -> None:
        """Run the statement and drop its rows."""
        _fetch_all(tx, *self._bind(tx, values))

    def run_many(self, tx: Connection, rows: Sequence[Values]) -> None:
        """Run the statement for each of these, in one call of the driver; all of them name the same values."""
        if rows:
            compiled = self._compile_for(tx, rows[0])
            _fetch_all(tx, compiled, [compiled.bind(values) for values in rows], is_many=True)

    def list_rows(self, tx: Connection, values: Values) -> Sequence[Any]:
        """Run the statement and return its rows."""
        compiled, parameters = self._bind(tx, values)
        return [compiled.read(row) for row in _fetch_all(tx, compiled, parameters)]

    def find_row(self, tx: Connection, values: Values) -> Any:
        """Run the statement and return its first row, None without any."""
        compiled, parameters = self._bind(tx, values)
        rows = _fetch_all(tx, compiled, parameters)
        return compiled.read(rows[0]) if rows else None

    def _bind(self, tx: Connection, values: Values) -> tuple[_Compiled, Sequence[Any]]:
        compiled = self._compile_for(tx, values)
        return compiled, compiled.bind(values)

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
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.post_compile_params or compiled.literal_execute_params:
        raise TypeError("a prepared statement takes no lists of values")
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError("a prepared statement is given all columns that have a default in Python")
    columns = list(statement.exported_columns) if _returns_rows(statement) else []
    kinds = [compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup]
    keys = [column if isinstance(column, Column) else column.name for column in columns]
    return _Compiled(
        text=str(compiled),
        fixed={name: compiled.binds[name].effective_value for name in compiled.positiontup if name not in names},
        parameters=compiled.positiontup,
        bind_processes=_list_processes(kind.bind_processor(dialect) for kind in kinds),
        columns=keys,
        names={column.name: key for column, key in zip(columns, keys, strict=True)},
        read_processes=_list_processes(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ),
    )


def _returns_rows(statement: Any) -> bool:
    return statement.is_select or bool(statement._returning)


def _list_processes(processes: Iterable[Callable[[Any], Any] | None]) -> Sequence[_Process]:
    return [(place, process) for place, process in enumerate(processes) if process is not None]
