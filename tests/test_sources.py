"""The files of the repository: found, parsed strictly, and each with a digest over what it says."""

import hashlib
import os
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import PREFIXES
from hypothesis import given
from hypothesis import strategies as st
from kg.errors import SettingError, SourceError
from kg.parsing import parse_turtle
from kg.rdf import kind_of
from kg.settings import Settings
from kg.sources import digest, find_repository, load, locate, parse_source, text_files


def test_a_repository_is_found_from_any_folder_in_it(repository: Path) -> None:
    deep = repository / "data" / "claims"
    assert find_repository(deep) == repository == find_repository(repository)


def test_a_folder_of_another_project_is_none(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.sources.PACKAGED", repository / "nothing")
    monkeypatch.setattr("kg.sources.SURROUNDING", repository / "nothing")
    (repository / "pyproject.toml").write_text('[project]\nname = "other"\n', "utf-8")
    with pytest.raises(SettingError, match="KG_REPOSITORY"):
        find_repository(repository)


def test_elsewhere_an_editable_installation_uses_the_checkout_it_lies_in(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.sources.PACKAGED", tmp_path / "nothing")
    monkeypatch.setattr("kg.sources.SURROUNDING", repository)
    monkeypatch.chdir(tmp_path)
    located = locate(Settings(), {})
    assert (located.repository, located.state) == (repository, repository / ".kg")


def test_the_data_set_of_the_package_is_the_last_resort(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.sources.PACKAGED", repository)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    located = locate(Settings(), {"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert (located.repository, located.state) == (repository, tmp_path / "cache" / "coalition-kg")
    assert locate(Settings(), {"XDG_CACHE_HOME": "relative", "HOME": "x"}).state.is_absolute()


def test_state_is_inside_a_checkout_unless_it_is_set(repository: Path, tmp_path: Path) -> None:
    assert locate(Settings(repository=repository)).state == repository / ".kg"
    assert locate(Settings(repository=repository, state=tmp_path / "s")).state == tmp_path / "s"


def test_a_repository_without_its_folders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="ontology/, data/, shapes/"):
        locate(Settings(repository=tmp_path))


def test_every_file_is_loaded_with_kind_and_graph(repository: Path) -> None:
    corpus = load(repository)
    assert [(source.path, source.kind) for source in corpus.sources] == [
        ("data/actors/states.ttl", "data"),
        ("data/claims/one.ttl", "data"),
        ("data/claims/two.ttl", "data"),
        ("data/links/wikidata.sssom.tsv", "links"),
        ("data/topics.ttl", "data"),
        ("ontology/kg.ttl", "ontology"),
        ("shapes/ClaimShape.ttl", "shapes"),
    ]
    assert corpus.sources[1].graph == "https://w3id.org/coalition-kg/graph/data/claims/one"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("data/links/wikidata.sssom.tsv", "links"),
        ("data/catalogue/void.ttl", "catalogue"),
        ("data/links.ttl", "data"),
        ("ontology/links/x.ttl", "ontology"),
    ],
)
def test_kinds(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_progress_is_told(repository: Path) -> None:
    told: list[tuple[int, int]] = []
    load(repository, lambda done, of: told.append((done, of)))
    assert told[0] == (1, 7) and told[-1] == (7, 7)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("<urn:a> <urn:b> 'x' ,\n  nope:c .", 2, 3),
        ("<urn:a> <urn:b> '𝕏é' , nope:c .", 1, 24),
        ("<urn:a> <urn:b> <relative> .", 1, 17),
        ("<urn:a> <urn:b>", 1, 9),
    ],
)
def test_a_syntax_error_has_its_place_in_code_points(text: str, line: int, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        parse_turtle(text.encode(), "data/x.ttl")
    assert (caught.value.where.origin, caught.value.where.line) == ("data/x.ttl", line)
    assert caught.value.where.column == column
    assert str(caught.value).startswith(f"data/x.ttl:{line}:{column}: ")


@pytest.mark.parametrize("object_", ["<<( <urn:a> <urn:b> <urn:c> )>>", "'x'@en--ltr"])
def test_what_is_new_in_rdf_1_2_is_refused(object_: str) -> None:
    with pytest.raises(SourceError, match=r"x\.ttl:1:\d+: .* RDF 1\.1"):
        parse_turtle(f"<urn:a> <urn:b> {object_} .".encode(), "x.ttl")


def test_brackets_nested_too_deep_are_refused_and_many_are_not() -> None:
    deep = "<urn:a> <urn:b> " + "[ <urn:b> " * 30_000 + "1" + "]" * 30_000 + " ."
    with pytest.raises(SourceError, match="nested"):
        parse_turtle(deep.encode(), "x.ttl")
    assert len(parse_turtle(b"<urn:a> <urn:b> [] , '((((', \"[\" ." * 200, "x.ttl")) == 600


def test_bytes_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(SourceError, match=r"x\.ttl:2:18: The file is not UTF-8: it has the byte 0xff\."):
        parse_turtle(b"<urn:a> <urn:b> 'x' .\n<urn:a> <urn:b> '\xff' .", "x.ttl")


def test_a_byte_order_mark_is_named() -> None:
    with pytest.raises(SourceError, match=r"x\.ttl:1:1: .* byte order mark\. Save it as UTF-8 without BOM\."):
        parse_turtle("\ufeff<urn:a> <urn:b> 'x' .".encode(), "x.ttl")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("ckg:a a ckg:B\n    ckg:c ckg:d .", "Write ; between the predicates"),
        ("ckg:a a ckg:B ckg:c ckg:d .", "Write ; between the predicates"),
        ("ckg:a ckg:b 'x'@en 'y'@it .", "Write , between the values"),
        ("ckg:a ckg:b 'x'@en\n  'y'@it .", "Write , between the values"),
        ("ckg:a ckg:b ckg:c ;\n  ckg:d ckg:e\n", "Write . before"),
        ("claim:a ckg:b ckg:c .", "Add the line: PREFIX claim: <https://w3id.org/coalition-kg/id/claim/>"),
    ],
)
def test_a_syntax_error_says_what_to_do(text: str, remedy: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_turtle(f"PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>\n{text}".encode(), "x.ttl")
    assert remedy.casefold() in caught.value.remedy.casefold()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("<urn:a> <urn:b> '[' ,\n  [ <urn:c> 1 ] .", 2, 3),
        ("<urn:a> <urn:b> () , <urn:[> .\n<urn:a> <urn:b> _:x .", 2, 17),
        ("<urn:a> <urn:b> ( 1 ) .", 1, 17),
    ],
)
def test_a_blank_node_in_data_has_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(SourceError, match=rf"data/x\.ttl:{line}:{column}: Data may hold no blank nodes"):
        parse_source(text.replace("<urn:[>", "<urn:x>").encode(), "data/x.ttl")


def stray(repository: Path, kind: str) -> None:
    """Put something that cannot be read as Turtle into the repository."""
    folder = repository / "data" / "claims"
    if kind == "link":
        (folder / "gone.ttl").symlink_to(folder / "nowhere.ttl")
    elif kind == "pipe":
        os.mkfifo(folder / "p.ttl")
    elif kind == "linked folder":
        (folder / "there").symlink_to(repository / "data" / "actors", target_is_directory=True)
    elif kind == "folder":
        (folder / "x.ttl").mkdir()
    else:
        (folder / kind).write_text("", "utf-8")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("a.TTL", "data/claims/a.TTL: Only files whose names end in .ttl are read."),
        ("c.nt", "data/claims/c.nt: Only files"),
        ("t.tsv", "data/claims/t.tsv: Only files"),
        ("link", "data/claims/gone.ttl: The link leads nowhere."),
        ("pipe", "data/claims/p.ttl: This is no regular file."),
        ("folder", "data/claims/x.ttl: A folder has a name that ends in .ttl."),
        ("linked folder", "data/claims/there: Links to folders are not followed."),
    ],
)
def test_nothing_is_passed_over_in_silence(repository: Path, kind: str, said: str) -> None:
    stray(repository, kind)
    with pytest.raises(SourceError) as caught:
        load(repository)
    assert str(caught.value).startswith(said)


def test_what_editors_leave_and_tables_of_links_may_lie_there(repository: Path) -> None:
    for name in ("data/.DS_Store", "data/topics.ttl~", "data/links/qids.tsv"):
        (repository / name).write_text("", "utf-8")
    assert len(load(repository).sources) == 7


def test_all_files_at_fault_are_listed(repository: Path) -> None:
    (repository / "data" / "topics.ttl").write_text("<urn:a> <urn:b> .\n", "utf-8")
    (repository / "ontology" / "kg.ttl").write_text("a b c", "utf-8")
    with pytest.raises(SourceError) as caught:
        load(repository)
    assert [error.where.origin for error in caught.value.errors] == ["data/topics.ttl", "ontology/kg.ttl"]
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("data/topics.ttl:1:") and lines[1].startswith("ontology/kg.ttl:1:")


def test_data_holds_no_blank_nodes_and_the_rest_may() -> None:
    text = (PREFIXES + "actor:x ckg:p [ a ckg:State ] .").encode()
    with pytest.raises(SourceError, match="blank nodes"):
        parse_source(text, "data/x.ttl")
    assert len(parse_source(text, "ontology/x.ttl").triples) == 2


def test_a_digest_is_of_what_is_said_not_of_how() -> None:
    one = parse_source(b"<urn:a> <urn:b> 'x' , [ <urn:c> 1 ] .", "ontology/x.ttl")
    other = parse_source(
        b"_:k <urn:c> 01 . _:z <urn:c> 1 .\n<urn:a> <urn:b> _:z, \"\"\"x\"\"\" .", "ontology/x.ttl"
    )
    same = parse_source(b"_:z <urn:c> 1 .\n<urn:a> <urn:b> _:z, \"\"\"x\"\"\", 'x' .", "ontology/x.ttl")
    assert one.digest == same.digest != other.digest


def test_the_digest_is_that_of_rdfc() -> None:
    # SHA-256 over one line of canonical N-Quads, computed by other means.
    expected = hashlib.sha256(b'<urn:a> <urn:b> "\\n\xe2\x80\xa8" .\n').hexdigest()
    assert digest([ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("\n\u2028"))]) == expected


@given(st.binary(max_size=60))
def test_no_bytes_make_the_parser_fail_otherwise(content: bytes) -> None:
    try:
        parse_source(content, "data/x.ttl")
    except SourceError as error:
        assert error.where is not None


def test_text_files_are_those_of_the_repository(repository: Path) -> None:
    texts = repository / "texts"
    for name in ("texts/a.txt", ".kg/x.txt", ".ci/run", "build/x.txt", "src/__pycache__/x.txt", "docs/a.md"):
        file = repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", "utf-8")
    (repository / "docs" / "image.png").write_bytes(b"\x89PNG\0")
    paths = {path for path, _ in text_files(repository, texts)}
    assert {".ci/run", "docs/a.md", "pyproject.toml", "data/topics.ttl"} <= paths
    assert not paths & {"texts/a.txt", ".kg/x.txt", "build/x.txt", "src/__pycache__/x.txt", "docs/image.png"}
