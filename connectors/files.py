"""Files that a department delivers: loaded, refreshed when they change, asked like any database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Annotated, Literal, Self, cast

import duckdb
from pydantic import BaseModel, BeforeValidator, Field, model_validator

from connectors import csv_rows, json_rows, xlsx_rows
from connectors.file_tables import Shape, from_parquet, from_rows
from connectors.model import ColumnType, Surroundings
from connectors.protocol import Connector, ConnectorKind
from connectors.registry import Duration, SettingsPart, SourceSettings
from connectors.sql.duckdb import DuckdbClient, Seen
from connectors.sql.source import SqlConnector
from connectors.sql.tables import Description
from govgraph.file_access import FileAccess

Declared = Literal["text", "integer", "decimal", "boolean", "date", "datetime"]
Format = Literal["csv", "jsonl", "parquet", "xlsx"]
SETTLED = 0.5  # seconds since a file was written last; before, it may still be under way


def _separator(value: object) -> object:
    """Return the character that `tab` stands for; anything else as it is."""
    return "\t" if value == "tab" else value


class FileSettings(SettingsPart):
    """One file, which is one entity."""

    path: Path = Field(repr=False, description="where the file lies")
    format: Format = Field("csv", description="csv, jsonl (JSON lines), parquet or xlsx")
    encoding: Literal["utf-8", "gb18030"] = Field("utf-8", description="utf-8 or gb18030, of csv and jsonl")
    separator: Annotated[Literal[",", ";", "\t", "|"], BeforeValidator(_separator)] = Field(
        ",", description="what stands between the cells of csv: `,` `;` `|` or tab"
    )
    sheet: str = Field("", description="name of the sheet of xlsx; absent: the first")
    header: bool = Field(True, description="whether the first line names the columns, in csv and xlsx")
    empty_is_null: bool = Field(
        True, description="whether an empty cell of csv is null rather than an empty text"
    )
    key: tuple[str, ...] = Field((), description="columns that name one row")
    columns: dict[str, Declared] = Field(
        default_factory=dict,
        description="types of columns that are not as delivered, text but for parquet; cells that do not "
        "fit are null",
    )

    @model_validator(mode="after")
    def _said_of_its_format(self) -> Self:
        """Refuse what says nothing of this format, so that nobody believes that it does."""
        spoken = {
            "separator": ("csv",),
            "empty_is_null": ("csv",),
            "header": ("csv", "xlsx"),
            "encoding": ("csv", "jsonl"),
            "sheet": ("xlsx",),
        }
        if any(name in self.model_fields_set and self.format not in of for name, of in spoken.items()):
            raise ValueError
        return self


class FilesSettings(SourceSettings):
    """Files of one department."""

    entities: dict[str, FileSettings] = Field(min_length=1, description="the files: name, path, encoding")
    max_connections: int = Field(4, ge=1, le=64, description="most reads at one time, 1 to 64")
    statement_timeout: Duration = Field(
        3.0, gt=0, le=300, description="longest time for one read, such as 3s"
    )
    look_every: Duration = Field(
        1.0, ge=0, le=3600, description="how often at most the files are looked at for changes, such as 1s"
    )


async def open_files(settings: BaseModel, surroundings: Surroundings) -> Connector:
    """Return the connector; `describe` loads the files, and loads them anew each time it is asked."""
    given = cast("FilesSettings", settings)
    files, access = given.entities, surroundings.files
    _admitted(files, access)
    client = DuckdbClient(
        lambda database: _load(database, _admitted(files, access)),
        lambda: _look(files),
        given.max_connections,
        given.look_every,
    )
    return SqlConnector(client, surroundings, given.statement_timeout)


def _admitted(files: Mapping[str, FileSettings], access: FileAccess) -> Mapping[str, FileSettings]:
    """Return the files by their real paths. Raises `SourceFileNotAllowedError`."""
    return {
        name: file.model_copy(update={"path": access.admitted(file.path)}) for name, file in files.items()
    }


def _look(files: Mapping[str, FileSettings]) -> Seen:
    """Return how the files look; the oldest says when all was written, None where one cannot be found."""
    try:
        found = [file.path.stat() for file in files.values()]
    except OSError:
        return Seen((), None)  # loading the file says what is wrong
    marks = tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)
    settled = all(abs(time() - one.st_mtime) >= SETTLED for one in found)
    return Seen(marks, datetime.fromtimestamp(min(one.st_mtime for one in found), UTC), settled)


def _load(database: duckdb.DuckDBPyConnection, files: Mapping[str, FileSettings]) -> Sequence[Description]:
    return [_load_one(database, name, file) for name, file in files.items()]


def _load_one(database: duckdb.DuckDBPyConnection, name: str, file: FileSettings) -> Description:
    """Fill one table and return its description."""
    shape = Shape(name, file.key, {column: ColumnType(kind) for column, kind in file.columns.items()})
    match file.format:
        case "parquet":
            return from_parquet(database, shape, file.path)
        case "jsonl":
            parts = json_rows.batches(file.path, file.encoding)
        case "xlsx":
            parts = xlsx_rows.batches(file.path, file.sheet, header=file.header)
        case _:
            written = csv_rows.Csv(file.encoding, file.separator, file.header, file.empty_is_null)
            parts = csv_rows.batches(file.path, written)
    return from_rows(database, shape, parts)


KIND = ConnectorKind("files", "Files (CSV, JSON lines, Parquet, xlsx)", FilesSettings, open_files)
