"""The note outside the store: whole, the last one, and there again when it was taken away."""

from pathlib import Path

import pytest

from audit.outside import OutsideNote


def test_the_last_note_is_kept_for_others_to_read(tmp_path: Path) -> None:
    file = tmp_path / "note"
    kept = OutsideNote(file)
    for note in ("size 1", "size 2", "size 10"):
        kept.keep(note)
        assert file.read_text() == note
    kept.close()
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


def test_a_shorter_note_leaves_nothing_of_the_longer_one(tmp_path: Path) -> None:
    kept = OutsideNote(tmp_path / "note")
    kept.keep("a longer note")
    kept.keep("short")
    kept.close()
    assert (tmp_path / "note").read_text() == "short"


def test_a_note_that_was_taken_away_is_there_again(tmp_path: Path) -> None:
    kept = OutsideNote(tmp_path / "note")
    kept.keep("1")
    (tmp_path / "note").unlink()
    kept.keep("2")
    kept.close()
    assert (tmp_path / "note").read_text() == "2"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="note"):
        OutsideNote(tmp_path / "gone" / "note").keep("1")
