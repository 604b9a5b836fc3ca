"""What every source is opened with: its department's names, files, secret and addresses, and no other's."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from connectors.errors import SourceSettingsError
from connectors.guard import guarded
from connectors.hours import NEVER, Hours, Span, read_spans
from connectors.model import Surroundings
from connectors.pace import Pace
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.clock import ZONE
from govgraph.egress import Egress, Network
from govgraph.errors import GovGraphError, SettingsRefusedError
from govgraph.file_access import FileAccess, SourceFileNotAllowedError, SourceFolders, source_folders
from govgraph.settings import Settings
from schema.catalog import Source
from schema.draft import Draft
from schema.errors import Problem, SecretNotOwnError
from schema.source_settings import DEPARTMENT_FOLDER, secrets_of, settings_problems
from schema.store import CatalogStore
from server.statements import StatementLog

CONCURRENCY: Final = 8
"""Reads at one time of a source whose settings do not say `maxConnections`."""
Admitted = Callable[[str], Awaitable[tuple[Path, ...]]]
"""Gives the folders that a command admitted to a department, beside those of the settings."""


async def no_folder(_department: str) -> tuple[Path, ...]:
    """Return nothing: no folder was admitted by a command."""
    return ()


class Ranges(Protocol):
    """Keeps the ranges of each department (`connectors.store.RangeStore`)."""

    async def of(self, department: str) -> Sequence[Network]:
        """Return the ranges that one department's sources may stand in."""

    async def versions(self) -> Mapping[str, int]:
        """Return a number for each department that changes with its ranges."""


class NoRanges:
    """Allows nothing to anybody."""

    async def of(self, department: str) -> Sequence[Network]:
        """Return none."""
        del department
        return ()

    async def versions(self) -> Mapping[str, int]:
        """Return none."""
        return {}


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What every source is opened with: the values of `${NAME}`, where it may be, and for how long.

    `values` are by department: no source is filled with another's. `grace` is the number of seconds
    after which no query can still use a connector swapped out. `ranges` are what each department's
    sources may stand in, beside what `egress` allows to all. `statements` is told what each source is
    sent, without a value.
    """

    values: Mapping[str, Mapping[str, str]]
    folders: SourceFolders
    egress: Egress
    timeout: float
    grace: float
    admitted: Admitted = no_folder
    ranges: Ranges = field(default_factory=NoRanges)
    statements: StatementLog = field(default_factory=StatementLog)

    async def state(self, store: CatalogStore) -> tuple[int, Mapping[str, int]]:
        """Return the newest version of the catalog, and of each secret and each department's ranges.

        Names begin with `department/`: a source is opened anew where one of its department changed.
        """
        version, secrets = await store.state()
        ranges = await self.ranges.versions()
        return version, {**secrets, **{f"{name}/(ranges)": number for name, number in ranges.items()}}

    async def opened(self, source: Source, store: CatalogStore) -> Connector:
        """Return the connector of a source. Raises a coded error where the rules or settings refuse it."""
        secrets: dict[str, str] = {}
        for reference in secrets_of(source.settings).values():
            if not reference.startswith(f"{source.department}/"):
                raise SecretNotOwnError(
                    "The source refers to a secret of another department", where=source.department
                )
            secrets[reference] = await store.secret(reference)
        return await self._opened(source, secrets.__getitem__)

    def guarded(self, source: Source, connector: Connector) -> Connector:
        """Return the connector behind the deadline and the places of its source."""
        places = str(source.settings.get("maxConnections", ""))
        concurrency = int(places) if places.isdigit() and int(places) > 0 else CONCURRENCY
        hours = Hours(_spans(source.settings.get("hours")), str(source.settings.get("timezone", ZONE.key)))
        pace = Pace(_number(source.settings.get("requestsPerSecond")), hours=hours)
        return guarded(connector, source.department, self.timeout, concurrency, pace)

    async def refusals(self, drafts: Sequence[Draft]) -> list[Problem]:
        """Return what stands against these sources, without asking them: files and names not their own."""
        return [problem for draft in drafts for problem in await self._refused(draft)]

    async def _refused(self, draft: Draft) -> Sequence[Problem]:
        try:
            connector = await self._opened(draft.source, lambda _reference: "")
        except SourceFileNotAllowedError as error:
            return [draft.origin.problem("source", error.what, error.how, error.code)]
        except SourceSettingsError as error:
            return settings_problems(draft, error)
        except GovGraphError:
            return []  # no rule of ours: once it is published, the state of the source tells it
        await connector.aclose()
        return []

    async def _opened(self, source: Source, secret: Callable[[str], str]) -> Connector:
        access = await self._access(source.department)
        own = await self.ranges.of(source.department)
        egress = replace(self.egress, allowed=(*self.egress.allowed, *own), department=source.department)
        observe = self.statements.of(source.department)
        surroundings = Surroundings(source.department, secret, observe=observe, egress=egress, files=access)
        values = {DEPARTMENT_FOLDER: str(access.own), **self.values.get(source.department, {})}
        return await open_connector(source.kind, source.settings, surroundings, values)

    async def _access(self, department: str) -> FileAccess:
        """Return which files the department's source may open."""
        found = self.folders.of(department)
        return FileAccess(department, found.home, (*found.allowed, *await self.admitted(department)))


def _spans(setting: object) -> tuple[Span, ...]:
    """Return the hours of a source; it is never asked where they cannot be read, as with a `${NAME}`."""
    try:
        return read_spans(setting) if isinstance(setting, str) else ()
    except ValueError:
        return NEVER.spans


def _number(setting: object) -> float:
    """Return the number a setting says; 0 where it says none, for its kind has refused it by then."""
    try:
        return float(str(setting or 0))
    except ValueError:
        return 0.0


def folders_of(settings: Settings, home: Path) -> SourceFolders:
    """Return where source files may lie. Raises `SettingsRefusedError`."""
    try:
        allowed = source_folders(settings.source_folders)
    except ValueError:
        what = "The folders of departments cannot be read; write `department=/folder;department=/folder`"
        raise SettingsRefusedError(what, where="GOVGRAPH_SOURCE_FOLDERS") from None
    if any(folder.resolve().is_relative_to(home) for folders in allowed.values() for folder in folders):
        what = "A folder allowed to a department lies in the home of the platform"
        raise SettingsRefusedError(what, where="GOVGRAPH_SOURCE_FOLDERS")
    return SourceFolders(home, allowed)
