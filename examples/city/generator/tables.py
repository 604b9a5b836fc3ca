"""Writing what was generated: SQLite stores with legacy names, and the files departments hand over."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as its department declares it; `indexes` name the columns that are looked up by."""

    name: str
    columns: tuple[str, ...]
    primary: tuple[str, ...]
    rows: Sequence[Row]
    indexes: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """Return the statements that make the table and its indexes."""
        key = f"PRIMARY KEY ({', '.join(self.primary)})"
        made = f"CREATE TABLE {self.name} ({', '.join((*self.columns, key))})"
        return made, *(f"CREATE INDEX i_{self.name}_{each} ON {self.name} ({each})" for each in self.indexes)


@dataclass(frozen=True, slots=True)
class Store:
    """One department's database."""

    department: str
    tables: tuple[Table, ...]
    views: tuple[str, ...] = ()


def write_store(store: Store, target: Path) -> None:
    """Write the database file of a department; a file that was there before is replaced at the end."""

    def fill(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            for table in store.tables:
                create, *indexes = table.statements
                connection.execute(create)
                places = ", ".join("?" for _ in table.columns)
                connection.executemany(f"INSERT INTO {table.name} VALUES ({places})", table.rows)  # noqa: S608
                for index in indexes:
                    connection.execute(index)
            for view in store.views:
                connection.execute(view)
            connection.execute("COMMIT")

    _replace(target / f"{store.department}.db", fill)


def write_csv(path: Path, encoding: str, header: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a file of separated values with its header."""

    def fill(partial: Path) -> None:
        with partial.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows(rows)

    _replace(path, fill)


def write_json(path: Path, value: object) -> None:
    """Write a JSON file, one line per entry of a list."""
    if isinstance(value, list):
        text = "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in value) + "\n]\n"
    else:
        text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    _replace(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def copy_file(source: Path, path: Path) -> None:
    """Copy a file byte by byte."""
    _replace(path, lambda partial: partial.write_bytes(source.read_bytes()))


def _replace(path: Path, fill: Callable[[Path], object]) -> None:
    """Fill a file beside its place and move it there whole, so that nobody ever reads half of one."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    fill(partial)
    partial.replace(path)
