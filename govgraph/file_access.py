"""The one guard on every source file the platform opens: where a department's files may lie.

A department's settings name a path; this page decides whether the platform opens it. What counts
is the real path, with every link on it followed (path traversal, CWE-22 and CWE-59): it must lie in
the department's own folder, or in one the operator allowed for this department, never elsewhere in
the platform's home, where keys, log, stores and tokens are, and the other departments' folders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from govgraph.errors import CallerError

FOLDER = "sources"


class SourceFileNotAllowedError(CallerError):
    """A source names a file that does not lie in its department's folders. Names no path."""

    code = "SOURCE_FILE_NOT_ALLOWED"
    remedy = (
        "Put the file into the department's own folder and write it as `${DEPARTMENT_FOLDER}/name`; the "
        "operator allows another folder in the setting GOVGRAPH_SOURCE_FOLDERS."
    )


@dataclass(frozen=True, slots=True)
class FileAccess:
    """Where the files of one department's source may lie; by default nowhere.

    `own` is the department's folder under the platform's `home`, `allowed` are those of the operator.
    """

    department: str = ""
    home: Path | None = None
    allowed: tuple[Path, ...] = ()

    @property
    def own(self) -> Path | None:
        """Return the department's own folder, `home/sources/<department>`; None without a home."""
        return self.home / FOLDER / self.department if self.home and self.department else None

    def admitted(self, path: Path) -> Path:
        """Return the real path of a source file that may be opened; the file need not be there yet.

        Raises `SourceFileNotAllowedError`, whose words are the same for a file that exists and one that
        does not. Asked anew whenever the file is opened: links change.
        """
        try:
            real = path.resolve() if path.is_absolute() else None
            if real is not None and self._admits(real) and (real.is_file() or not real.exists()):
                return real
        except (OSError, RuntimeError, ValueError):  # a link that leads to itself, U+0000, a name too long
            real = None
        raise SourceFileNotAllowedError(
            f"The source names a file outside the folders of the department `{self.department}`"
        )

    def _admits(self, real: Path) -> bool:
        """Return whether a real path is open: in the home by place, outside by where the folders lead."""
        home = self.home.resolve() if self.home else None
        own = home / FOLDER / self.department if home and self.department else None
        if home is not None and real.is_relative_to(home):
            return own is not None and real.is_relative_to(own)
        folders = (*self.allowed, own) if own else self.allowed
        return any(real.is_relative_to(folder.resolve()) for folder in folders)


@dataclass(frozen=True, slots=True)
class SourceFolders:
    """Where source files may lie: the own folder of each department under `home`, and those allowed to it."""

    home: Path
    allowed: Mapping[str, Sequence[Path]] = field(default_factory=dict)

    def of(self, department: str) -> FileAccess:
        """Return what one department's source may open."""
        return FileAccess(department, self.home, tuple(self.allowed.get(department, ())))


def source_folders(text: str) -> Mapping[str, Sequence[Path]]:
    """Return the folders by department of a text such as `civil-affairs=/data/ca;housing-fund=/data/hf`.

    A department may be named several times. Raises ValueError where a part is none, or not absolute.
    """
    found: dict[str, list[Path]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        department, _, folder = (piece.strip() for piece in part.partition("="))
        if not department or not Path(folder).is_absolute():
            raise ValueError(department)
        found.setdefault(department, []).append(Path(folder))
    return found
