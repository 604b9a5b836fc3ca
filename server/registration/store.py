"""Where the drafts of sources are kept, every version of them, and the folders admitted to departments."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from govgraph.clock import Clock, rfc3339, system_clock
from govgraph.database import Database
from server.registration.draft import Content, SourceDraft, State
from server.registration.errors import SourceDraftBusyError, SourceDraftUnknownError

METADATA = MetaData()

SOURCE_DRAFT = Table(
    "source_draft",
    METADATA,
    Column("department", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(32), nullable=False),
    Column("author", String(64), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("waived", Boolean, nullable=False),
    Column("content", Text, nullable=False),
    Column("findings", Text, nullable=False),
)

SOURCE_FOLDER = Table(
    "source_folder",
    METADATA,
    Column("department", String(64), primary_key=True),
    Column("folder", String(1024), primary_key=True),
    Column("admitted_by", String(64), nullable=False),
    Column("admitted_at", String(32), nullable=False),
)
TRIES = 5


@dataclass(frozen=True, slots=True)
class DraftStore:
    """Drafts by department and number; content never changes, state and findings do."""

    database: Database
    clock: Clock = field(default_factory=system_clock)

    async def begin(self, content: Content, author: str) -> SourceDraft:
        """Keep a new draft under the next number of its department and return it."""
        for _ in range(TRIES):
            try:
                return await self._begin(content, author)
            except IntegrityError:
                continue  # another replica took the number
        raise SourceDraftBusyError("Other drafts of this department kept coming first")

    async def _begin(self, content: Content, author: str) -> SourceDraft:
        newest = select(func.max(SOURCE_DRAFT.c.number)).where(_of(content.department))
        async with self.database.write() as connection:
            number = int((await connection.execute(newest)).scalar() or 0) + 1
            draft = SourceDraft(content, number, State.DRAFT, author, rfc3339(self.clock.now()))
            await connection.execute(insert(SOURCE_DRAFT).values(_row(draft)))
        return draft

    async def newest(self, department: str) -> SourceDraft | None:
        """Return the newest draft of a department; None where there is none."""
        query = select(SOURCE_DRAFT).where(_of(department)).order_by(SOURCE_DRAFT.c.number.desc()).limit(1)
        async with self.database.read() as connection:
            row = (await connection.execute(query)).first()
        return _draft(row) if row is not None else None

    async def numbered(self, department: str, number: int) -> SourceDraft:
        """Return a draft by its number. Raises `SourceDraftUnknownError`."""
        query = select(SOURCE_DRAFT).where(_of(department), SOURCE_DRAFT.c.number == number)
        async with self.database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise SourceDraftUnknownError("No draft is kept under this department and number")
        return _draft(row)

    async def all(self, department: str | None = None) -> Sequence[SourceDraft]:
        """Return every draft kept, or those of one department, the newest first."""
        query = select(SOURCE_DRAFT).order_by(SOURCE_DRAFT.c.department, SOURCE_DRAFT.c.number.desc())
        if department is not None:
            query = query.where(_of(department))
        async with self.database.read() as connection:
            return [_draft(row) for row in (await connection.execute(query)).all()]

    async def move(self, draft: SourceDraft, state: State, **told: Any) -> bool:
        """Put a draft from where it stands into another state; return False where it was moved meanwhile.

        `told` are further columns: `decided_by`, `version`, `waived`, `findings`.
        """
        if "findings" in told:
            told["findings"] = _text(told["findings"])
        change = (
            update(SOURCE_DRAFT)
            .where(_of(draft.department), SOURCE_DRAFT.c.number == draft.number)
            .where(SOURCE_DRAFT.c.state == draft.state.value)
            .values(state=state.value, changed_at=rfc3339(self.clock.now()), **told)
            .returning(SOURCE_DRAFT.c.number)
        )
        async with self.database.write() as connection:
            return (await connection.execute(change)).first() is not None


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Folders outside the platform's home that departments' source files may lie in."""

    database: Database
    clock: Clock = field(default_factory=system_clock)

    async def admit(self, department: str, folder: str, by: str) -> None:
        """Admit a folder to a department; one that was admitted stays so."""
        row = {"department": department, "folder": folder, "admitted_by": by}
        async with self.database.write() as connection:
            await connection.execute(delete(SOURCE_FOLDER).where(*_folder(department, folder)))
            row["admitted_at"] = rfc3339(self.clock.now())
            await connection.execute(insert(SOURCE_FOLDER).values(row))

    async def close(self, department: str, folder: str) -> bool:
        """Admit a folder no longer; return whether it was admitted."""
        gone = delete(SOURCE_FOLDER).where(*_folder(department, folder)).returning(SOURCE_FOLDER.c.folder)
        async with self.database.write() as connection:
            return (await connection.execute(gone)).first() is not None

    async def of(self, department: str) -> tuple[Path, ...]:
        """Return the folders admitted to a department."""
        query = select(SOURCE_FOLDER.c.folder).where(SOURCE_FOLDER.c.department == department)
        async with self.database.read() as connection:
            return tuple(Path(name) for name in (await connection.execute(query)).scalars())


def _of(department: str) -> Any:
    return SOURCE_DRAFT.c.department == department


def _folder(department: str, folder: str) -> tuple[Any, Any]:
    return SOURCE_FOLDER.c.department == department, SOURCE_FOLDER.c.folder == folder


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _row(draft: SourceDraft) -> Mapping[str, Any]:
    return {
        "department": draft.department,
        "number": draft.number,
        "state": draft.state.value,
        "author": draft.author,
        "changed_at": draft.changed_at,
        "decided_by": draft.decided_by,
        "version": draft.version,
        "waived": draft.waived,
        "content": _text(asdict(draft.content)),
        "findings": _text(list(draft.findings)),
    }


def _draft(row: Any) -> SourceDraft:
    return SourceDraft(
        content=Content(**json.loads(row.content)),
        number=row.number,
        state=State(row.state),
        author=row.author,
        changed_at=row.changed_at,
        decided_by=row.decided_by,
        version=row.version,
        waived=bool(row.waived),
        findings=json.loads(row.findings),
    )
