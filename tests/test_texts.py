"""The texts that a snapshot was built from can be read one by one, as they were, also by processes that share the file."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import texts
from kg.errors import SnapshotError
from kg.texts import TEXTS, Texts, write


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(), st.text(), max_size=6), st.sampled_from([1, 3, 1 << 20]), st.booleans())
def test_each_text_is_read_as_it_was_written(known: dict[str, str], piece: int, in_one_line: bool) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "_PIECE", piece)
        folder = Path(name)
        if in_one_line and known:
            (folder / TEXTS).write_text(json.dumps(known, ensure_ascii=False), "utf-8")
        else:
            write(folder, known)
            assert json.loads((folder / TEXTS).read_text("utf-8")) == known
        found = Texts(folder).by_path
        assert dict(found) == known and list(found) == list(known) and len(found) == len(known)
        assert "a path that is not there" not in found and found.get("a path that is not there") is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": "b"', b'{\n"a": "b"', b'{\nno key\n}\n', b'{\n"a": 5\n}\n', b'{\n"a": "b\n}\n'])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TEXTS).write_bytes(content)
    with pytest.raises(SnapshotError, match="missing or damaged") as told:
        _ = Texts(tmp_path).by_path["a"]
    assert told.value.remedy == "Run: kg build --force"


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="missing or damaged"):
        _ = Texts(tmp_path).by_path
