"""Files that a department delivers: loaded when described, then asked like any database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

import duckdb
from pydantic import BaseModel, Field

from connectors.csv_rows import batches
from connectors.errors import EntityUnknownError
from connectors.model import ColumnType, Entity, EntityColumn, Surroundings
from connectors.protocol import Connector, ConnectorKind
from connectors.registry import Duration, SettingsPart, SourceSettings
from connectors.sql.duckdb import DuckdbClient
from connectors.sql.source import SqlConnector
from connectors.sql.tables import Description

STORED: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL(38, 10)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.DATETIME: "TIMESTAMP",
}
Declared = Literal["text", "integer", "decimal", "boolean", "date", "datetime"]


class FileSettings(SettingsPart):
    """One file, which is one entity."""

    path: Path = Field(repr=False, description="where the file lies")
    format: Literal["csv"] = Field("csv", description="csv")
    encoding: Literal["utf-8", "gb18030"] = Field("utf-8", description="utf-8 or gb18030")
    header: bool = Field(True, description="whether the first line names the columns")
    empty_is_null: bool = Field(True, description="whether an empty cell is null rather than an empty text")
    key: tuple[str, ...] = Field((), description="columns that name one row")
    columns: dict[str, Declared] = Field(
        default_factory=dict, description="types of columns that are not text; cells that do not fit are null"
    )


class FilesSettings(SourceSettings):
    """Files of one department."""

    entities: dict[str, FileSettings] = Field(min_length=1, description="the files: name, path, encoding")
    max_connections: int = Field(4, ge=1, le=64, description="most reads at one time, 1 to 64")
    statement_timeout: Duration = Field(
        3.0, gt=0, le=300, description="longest time for one read, such as 3s"
    )


async def open_files(settings: BaseModel, surroundings: Surroundings) -> Connector:
    """Return the connector; `describe` loads the files, and loads them anew each time it is asked."""
    given = cast("FilesSettings", settings)
    files = given.entities
    client = DuckdbClient(
        lambda database: _load(database, files), lambda: _written(files), given.max_connections
    )
    return SqlConnector(client, surroundings, given.statement_timeout)


def _written(files: Mapping[str, FileSettings]) -> datetime | None:
    """Return when the oldest of the files was written; None where one cannot be found."""
    try:
        return datetime.fromtimestamp(min(file.path.stat().st_mtime for file in files.values()), UTC)
    except OSError:
        return None  # loading the file says what is wrong


def _load(database: duckdb.DuckDBPyConnection, files: Mapping[str, FileSettings]) -> Sequence[Description]:
    return [Description(_load_one(database, name, file)) for name, file in files.items()]


def _load_one(database: duckdb.DuckDBPyConnection, name: str, file: FileSettings) -> Entity:
    """Fill one table and return its entity. Values are bound; only quoted names stand in the text."""
    parts = batches(file.path, file.encoding, header=file.header, empty_is_null=file.empty_is_null)
    names = [str(column) for column in next(parts)[0]]
    unknown = sorted({*file.columns, *file.key} - set(names))
    if unknown:
        raise EntityUnknownError(f"The file has no column `{unknown[0]}`", where=name)
    types = [ColumnType(file.columns.get(column, "text")) for column in names]
    typed = ", ".join(f"{quoted(column)} {STORED[kind]}" for column, kind in zip(names, types, strict=True))
    database.execute(f"CREATE TABLE {quoted(name)} ({typed})")
    cells = ", ".join(f"TRY_CAST(unnest(?) AS {STORED[kind]})" for kind in types)
    for batch in parts:
        if batch:
            columns = [list(column) for column in zip(*batch, strict=True)]
            database.execute(f"INSERT INTO {quoted(name)} SELECT {cells}", columns)
    columns_of = tuple(EntityColumn(column, kind) for column, kind in zip(names, types, strict=True))
    return Entity(name, columns_of, file.key)


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


KIND = ConnectorKind("files", "Files (CSV)", FilesSettings, open_files)
