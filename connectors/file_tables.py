"""Fills tables of a private DuckDB from delivered rows and from Parquet; dirt becomes null, not an error."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from connectors.csv_rows import Cells
from connectors.errors import EntityUnknownError, FileBrokenError
from connectors.model import ColumnType, Entity, EntityColumn
from connectors.sql.tables import Description

STORED: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL(38, 10)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.DATETIME: "TIMESTAMP",
    ColumnType.BYTES: "BLOB",
}
READ_AS: Mapping[ColumnType, str] = {
    # Cast alone, `1.5` would be rounded to 2.
    ColumnType.INTEGER: "TRY_CAST(CASE WHEN regexp_full_match({0}, '\\s*[+-]?[0-9]+(\\.0*)?\\s*') "
    "THEN {0} END AS BIGINT)",
}
HELD: Mapping[ColumnType, Sequence[str]] = {
    ColumnType.INTEGER: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    ColumnType.DECIMAL: ("UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL"),
    ColumnType.DATETIME: ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
    ColumnType.BOOLEAN: ("BOOLEAN",),
    ColumnType.DATE: ("DATE",),
    ColumnType.BYTES: ("BLOB",),
}
ZONED = "TIMESTAMP WITH TIME ZONE"
NESTED = ("STRUCT", "MAP", "LIST", "UNION")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the settings say of a table: name, key, and the types of columns that are not as delivered."""

    name: str
    key: tuple[str, ...]
    types: Mapping[str, ColumnType]

    def check(self, names: Sequence[str]) -> None:
        """Return where the file has every column spoken of; else raise `EntityUnknownError`."""
        unknown = sorted({*self.types, *self.key} - set(names))
        if unknown:
            raise EntityUnknownError(f"The file has no column `{unknown[0]}`", where=self.name)


def from_rows(
    database: duckdb.DuckDBPyConnection, shape: Shape, parts: Iterator[Sequence[Cells]]
) -> Description:
    """Fill one table with texts, the first batch of which names the columns. Values are bound."""
    names = [str(column) for column in next(parts)[0]]
    shape.check(names)
    types = [shape.types.get(name, ColumnType.TEXT) for name in names]
    typed = ", ".join(f"{quoted(name)} {STORED[kind]}" for name, kind in zip(names, types, strict=True))
    database.execute(f"CREATE TABLE {quoted(shape.name)} ({typed})")
    asked = ", ".join(f"unnest(?::VARCHAR[]) AS c{place}" for place in range(len(names)))
    cells = ", ".join(_cast(f"c{place}", kind) for place, kind in enumerate(types))
    insert = f"INSERT INTO {quoted(shape.name)} SELECT {cells} FROM (SELECT {asked})"  # noqa: S608 - quoted names
    for batch in parts:
        if batch:
            database.execute(insert, [list(column) for column in zip(*batch, strict=True)])
    return _description(shape, names, types)


def from_parquet(database: duckdb.DuckDBPyConnection, shape: Shape, path: Path) -> Description:
    """Fill one table from a Parquet file, read by DuckDB, each column as the file types it or as declared."""
    if any(character in str(path) for character in "*?[]{}"):
        raise FileBrokenError(
            "The name of the file or its folder holds a character of patterns",
            where=path.name,
            remedy="Name it without any of * ? [ ] { }.",
        )
    try:
        with path.open("rb"):
            pass
        found = database.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)]).description or []
        columns = {str(name): _type_name(type_) for name, type_, *_ in found}
        shape.check(list(columns))
        types = [shape.types.get(name, _held(held)) for name, held in columns.items()]
        cells = ", ".join(
            f"{_from_held(quoted(name), held, kind)} AS {quoted(name)}"
            for (name, held), kind in zip(columns.items(), types, strict=True)
        )
        database.execute(
            f"CREATE TABLE {quoted(shape.name)} AS SELECT {cells} FROM read_parquet(?)",  # noqa: S608 - quoted
            [str(path)],
        )
    except duckdb.OutOfMemoryException:  # nothing is wrong with the file but its size
        raise
    except (OSError, duckdb.Error):
        raise FileBrokenError("The file cannot be read as Parquet", where=path.name) from None
    zoned = frozenset(name for name, held in columns.items() if held == ZONED and name not in shape.types)
    return _description(shape, list(columns), types, zoned)


def _description(
    shape: Shape, names: Sequence[str], types: Sequence[ColumnType], zoned: frozenset[str] = frozenset()
) -> Description:
    columns = tuple(EntityColumn(name, kind) for name, kind in zip(names, types, strict=True))
    return Description(Entity(shape.name, columns, shape.key), zoned=zoned)


def _cast(written: str, kind: ColumnType) -> str:
    return READ_AS.get(kind, f"TRY_CAST({{0}} AS {STORED[kind]})").format(written)


def _type_name(held: object) -> str:
    """Return the name of a type without its precision; `INTEGER[]` is a list."""
    name = str(held)
    return "LIST" if name.endswith("]") else name.partition("(")[0]


def _held(name: str) -> ColumnType:
    if name == ZONED:
        return ColumnType.DATETIME
    return next((kind for kind, names in HELD.items() if name in names), ColumnType.TEXT)


def _from_held(column: str, held: str, kind: ColumnType) -> str:
    """Return the SQL that reads a Parquet column as its kind; a text ends before its first U+0000."""
    if kind is _held(held) and kind is not ColumnType.TEXT:
        return column if held in {ZONED, "DECIMAL"} else f"TRY_CAST({column} AS {STORED[kind]})"
    text = f"CAST(to_json({column}) AS VARCHAR)" if held in NESTED else f"CAST({column} AS VARCHAR)"
    return _cast(f"split_part({text}, chr(0), 1)", kind)


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
