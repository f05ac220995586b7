"""A report says the same in every form, at the line, and nothing in a file can be more than text in it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import jsonschema
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_material import DEEP, EMPTY, MISSING, NOWHERE, PATH, QUERIED, REPORT, TEXT, UNKNOWN, sheet

from kg.forms import FORMS, written
from kg.errors import Where
from kg.model import Finding, Report
from kg.rdf import PREFIXES
from kg.report.annotations import to_annotations
from kg.report.junit import to_junit
from kg.report.objects import to_json
from kg.report.page import fragment, to_html
from kg.report.quotes import columns, quote, visible
from kg.report.sarif import FINGERPRINT, to_sarif
from kg.report.sheet import Sheet
from kg.report.text import to_text
from kg.report.triples import to_json_ld, to_turtle
from kg.report.words import _WORDS, LANGUAGES

SH = PREFIXES["sh"]
SCHEMA = json.loads((resources.files("kg.report") / "report.schema.json").read_text("utf-8"))
each_language = pytest.mark.parametrize("language", LANGUAGES)

#: Findings with any text in every place that takes one.
ANY = st.text(max_size=30)
FINDINGS = st.builds(
    Finding,
    code=st.sampled_from(["Vocabulary-unknown", "PositionShape-stance", "Lexical-number"]),
    severity=st.sampled_from(["info", "warning", "violation"]),
    focus=st.sampled_from(["_:", PREFIXES["claim"] + "a", "https://example.org/<b>"]),
    path=st.none() | st.just(PREFIXES["ckg"] + "holder"),
    value=st.none() | ANY,
    messages=st.fixed_dictionaries({"en": ANY, "it": ANY}),
    where=st.none() | st.builds(Where, st.just(PATH), st.none() | st.integers(1, 12), st.none() | st.integers(1, 90)),
    expected=st.just({}) | st.fixed_dictionaries({"en": ANY, "it": ANY}),
)
SHEETS = st.builds(
    lambda findings, text: Sheet(Report(tuple(findings), "fast"), {PATH: text}), st.lists(FINDINGS, max_size=3), ANY
)


# Text


def test_text_names_place_severity_message_and_code_and_quotes_the_line() -> None:
    lines = to_text(sheet()).splitlines()
    at = lines.index(
        f"{PATH}:6:5: violation: claim:italy: ckg:hodler is not in the ontology: did you mean ckg:holder? "
        "(Vocabulary-unknown)"
    )
    assert lines[at + 1:at + 7] == [
        " 6 |     ckg:hodler actor:italy ;",
        "   |     ^^^^^^^^^^",
        "   Repair: Write ckg:holder.",
        "     -    ckg:hodler actor:italy ;",
        "     +    ckg:holder actor:italy ;",
        "   The rule: https://w3id.org/coalition-kg/docs/findings#vocabulary-unknown",
    ]
    assert "   Expected: at least 1 here" in lines
    assert lines[-1] == (
        "Does not conform: 3 violations, 1 warning, 1 note; 3 nodes checked against 9 constraints in 0.3 s (fast)."
    )


@pytest.mark.parametrize("part", ["What it mends:", "What was there before:", "What the contribution changes:"])
def test_what_is_not_new_is_told_apart(part: str) -> None:
    assert part in to_text(sheet()).splitlines()
    assert part not in to_text(sheet(EMPTY))


def test_text_speaks_italian() -> None:
    told = to_text(sheet(language="it"))
    assert "violazione: claim:italy: ckg:hodler non è nell’ontologia." in told
    assert "Previsto: qui almeno 1" in told and "Correzione: Scrivere ckg:holder." in told
    assert told.splitlines()[-1].startswith("Non conforme: 3 violazioni, 1 avviso, 1 nota; 3 nodi")
    assert told.endswith(" in 0,3 s (fast).")


def test_colours_are_there_only_if_asked_for_and_change_no_word() -> None:
    plain, coloured = to_text(sheet()), to_text(sheet(), colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


@settings(max_examples=80, deadline=None)
@given(SHEETS)
def test_no_text_steers_a_terminal_or_begins_a_line(of: Sheet) -> None:
    told = to_text(of)
    assert all(line.isprintable() for line in told.split("\n"))
    assert len([line for line in told.split("\n") if line[:1].strip()]) == len(of.report.findings) + 1


def test_a_long_line_is_cut_around_what_is_meant() -> None:
    text = f'claim:a ckg:note "{"x" * 300}" ; ckg:hodler actor:b ; ckg:note "{"y" * 300}" .'
    found = replace(UNKNOWN, where=Where(PATH, 1, text.index("ckg:hodler") + 1), repair=None)
    lines = to_text(Sheet(Report((found,), "fast"), {PATH: text})).splitlines()
    assert "… " not in lines[1] and lines[1].count("…") == 2 and len(lines[1]) < 120
    start = lines[2].index("^")
    assert lines[1][start:start + lines[2].count("^")] == "ckg:hodler"


def test_a_repair_of_the_whole_file_is_not_shown_whole() -> None:
    many = "".join(f"line {number}\n" for number in range(100))
    repair = replace(UNKNOWN.repair, edits=(replace(UNKNOWN.repair.edits[0], start=0, end=len(many), text="one\n"),))
    lines = to_text(Sheet(Report((replace(UNKNOWN, repair=repair),), "fast"), {PATH: many})).splitlines()
    assert "89 more lines" in " ".join(lines) and len(lines) < 25


# Quotes


@pytest.mark.parametrize(
    ("line", "column", "meant"),
    [
        ('    ckg:note "a \\" b"@en ;', 14, '"a \\" b"@en'),
        ('    ckg:start "7"^^xsd:integer .', 15, '"7"^^xsd:integer'),
        ('    ckg:start "7"^^<http://x> .', 15, '"7"^^<http://x>'),
        ("    ckg:holder <http://x/a.b> .", 16, "<http://x/a.b>"),
        ("    ckg:holder actor:a.b.", 16, "actor:a.b"),
        ("    ckg:start 1.50 ;", 15, "1.50"),
        ('    ckg:note """open', 14, '"""open'),
        ("    ckg:holder actor:a", 99, ""),
    ],
)
def test_what_is_marked_is_the_term_at_the_column(line: str, column: int, meant: str) -> None:
    found = quote([line], replace(UNKNOWN, where=Where(PATH, 1, column)))
    assert found.text[found.start:found.end] == meant


@pytest.mark.parametrize(
    ("finding", "meant"),
    [
        (replace(UNKNOWN, where=Where(PATH, 6)), "ckg:hodler"),
        (replace(UNKNOWN, where=Where(PATH, 7), value='"007"^^<http://www.w3.org/2001/XMLSchema#integer>'), "007"),
        (replace(UNKNOWN, where=Where(PATH, 4), value=None, path=PREFIXES["rdf"] + "type"), "a"),
        (MISSING, "claim:italy"),
        (replace(UNKNOWN, where=Where(PATH, 7)), "ckg:start 007 ;"),
    ],
)
def test_without_a_column_the_value_property_or_node_is_marked(finding: Finding, meant: str) -> None:
    found = sheet().quote(finding)
    assert found.text[found.start:found.end] == meant


@pytest.mark.parametrize("where", [None, Where(PATH), Where(PATH, 99), Where("data/other.ttl", 1)])
def test_a_finding_without_a_line_has_no_quote(where: Where | None) -> None:
    assert sheet().quote(replace(UNKNOWN, where=where)) is None


@given(ANY)
def test_what_is_made_visible_is_as_long_and_shows(text: str) -> None:
    assert len(visible(text)) == len(text)
    assert visible(text).isprintable()


def test_wide_characters_take_two_columns() -> None:
    assert columns("ab漢字") == 6


# JSON


@each_language
@pytest.mark.parametrize("report", [REPORT, EMPTY], ids=["findings", "none"])
def test_json_is_as_its_schema_says(report: Report, language: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(to_json(sheet(report, language))), SCHEMA, jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_is_no_report() -> None:
    body = json.loads(to_json(sheet()))
    for broken in ({**body, "more": 1}, {**body, "findings": [{}]}, {key: body[key] for key in body if key != "fixed"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA, jsonschema.Draft202012Validator)


def test_json_has_place_quote_repair_and_rule() -> None:
    found = json.loads(to_json(sheet()))["findings"][0]
    assert found["where"] == {"file": PATH, "line": 6, "column": 5}
    assert found["quote"]["text"][found["quote"]["start"]:found["quote"]["end"]] == "ckg:hodler"
    assert found["rule"].endswith("#vocabulary-unknown")
    (change,) = found["repair"]["edits"]
    assert TEXT[change["start"]:change["end"]] == "hodler" and change["text"] == "holder"


# SARIF


def sarif(of: Sheet) -> dict[str, object]:
    (run,) = json.loads(to_sarif(of))["runs"]
    return run


def test_sarif_has_what_the_standard_requires() -> None:
    log = json.loads(to_sarif(sheet()))
    assert log["version"] == "2.1.0" and log["$schema"].startswith("https://docs.oasis-open.org/")
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] and run["columnKind"] == "unicodeCodePoints"
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rule["help"]["text"] and rule["helpUri"].startswith("https://") for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
        for place in result["locations"]:
            assert place["physicalLocation"]["artifactLocation"]["uri"] == "data/claims/n%C3%A9%20004.ttl"
    assert [result["baselineState"] for result in run["results"]] == ["new"] * 5 + ["unchanged"]
    assert all("baselineState" not in result for result in sarif(sheet(replace(REPORT, standing=())))["results"])


def test_sarif_regions_are_where_the_text_is_and_fixes_mend_it() -> None:
    result = sarif(sheet())["results"][0]
    region = result["locations"][0]["physicalLocation"]["region"]
    line = TEXT.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1:region["endColumn"] - 1] == region["snippet"]["text"] == "ckg:hodler"
    (change,) = result["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    deleted = replacement["deletedRegion"]
    assert deleted["startLine"] == deleted["endLine"] == 6
    assert line[deleted["startColumn"] - 1:deleted["endColumn"] - 1] == "hodler"
    assert replacement["insertedContent"] == {"text": "holder"}


def prints(of: Sheet) -> list[str]:
    return [result["partialFingerprints"][FINGERPRINT] for result in sarif(of)["results"]]


def test_fingerprints_stay_when_lines_move_and_tell_findings_apart() -> None:
    twice = Report((UNKNOWN, UNKNOWN, MISSING, replace(UNKNOWN, value=PREFIXES["ckg"] + "other")), "fast")
    moved = Report(tuple(replace(one, where=Where(PATH, one.where.line + 3, 9)) for one in twice.findings), "fast")
    assert prints(sheet(twice)) == prints(Sheet(moved, {PATH: "\n\n\n" + TEXT}))
    assert max(Counter(prints(sheet(twice))).values()) == 1


# GitHub annotations


def test_annotations_name_file_line_and_columns() -> None:
    lines = to_annotations(sheet()).split("\n")
    assert lines[0].startswith(f"::error file={PATH},line=6,col=5,endColumn=14,title=Vocabulary-unknown::claim:italy: ")
    assert [line.split()[0] for line in lines[:-1]] == ["::error", "::error", "::error", "::warning", "::notice"]
    assert "%0ARepair: Write ckg:holder.%0A" in lines[0]


@settings(max_examples=80, deadline=None)
@given(SHEETS)
def test_no_text_can_be_a_command_of_its_own(of: Sheet) -> None:
    lines = re.split(r"[\r\n]", to_annotations(of))
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == len(of.report.findings) == len(lines) - 1


def test_a_file_name_cannot_add_a_property() -> None:
    found = replace(UNKNOWN, where=Where("data/a,line=1::x.ttl", 6), repair=None)
    (command, _) = to_annotations(Sheet(Report((found,), "fast"))).split("\n")
    assert command.startswith("::error file=data/a%2Cline=1%3A%3Ax.ttl,line=6,title=")


# JUnit


def test_junit_has_a_case_for_each_finding_and_fails_where_it_should() -> None:
    root = ET.fromstring(to_junit(sheet()))
    cases, failures = list(root.iter("testcase")), list(root.iter("failure"))
    assert (root.get("tests"), root.get("failures")) == ("5", "3") == (str(len(cases)), str(len(failures)))
    assert cases[-1].get("classname") == PATH or cases[0].get("classname") == PATH
    assert ET.fromstring(to_junit(sheet(fail_on="warning"))).get("failures") == "4"
    assert ET.fromstring(to_junit(sheet(fail_on="info"))).get("failures") == "5"


def test_junit_of_a_report_that_conforms_has_a_case_that_passes() -> None:
    root = ET.fromstring(to_junit(sheet(EMPTY)))
    (case,) = root.iter("testcase")
    assert case.get("name").startswith("Conforms") and not list(case)


@settings(max_examples=80, deadline=None)
@given(SHEETS)
def test_junit_is_well_formed_whatever_it_says(of: Sheet) -> None:
    assert len(list(ET.fromstring(to_junit(of).encode()).iter("testcase"))) == max(1, len(of.report.findings))


# SHACL


def stated(text: str, form: ox.RdfFormat) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text, format=form)]


def canonical(triples: list[ox.Triple]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def test_turtle_and_json_ld_are_the_same_graph() -> None:
    turtle, json_ld = stated(to_turtle(REPORT), ox.RdfFormat.TURTLE), stated(to_json_ld(REPORT), ox.RdfFormat.JSON_LD)
    assert canonical(turtle) == canonical(json_ld)


def test_only_results_of_shapes_are_validation_results() -> None:
    triples = stated(to_turtle(REPORT), ox.RdfFormat.TURTLE)
    kinds = Counter(t.object.value for t in triples if t.predicate.value == PREFIXES["rdf"] + "type")
    assert kinds == {SH + "ValidationReport": 1, SH + "ValidationResult": 3, SH + "AbstractResult": 2}
    of_codes = {t.object.value for t in triples if t.predicate.value == PREFIXES["dcterms"] + "identifier"}
    assert of_codes == {UNKNOWN.code, NOWHERE.code}


def test_a_validation_result_has_what_the_specification_requires() -> None:
    """SHACL, 3.6.2: one focus node, severity and component each, the constraint of a query, a path that is one."""
    for finding in (MISSING, QUERIED, DEEP):
        triples = stated(to_turtle(Report((finding,), "fast")), ox.RdfFormat.TURTLE)
        (node,) = {t.subject for t in triples if t.object == ox.NamedNode(SH + "ValidationResult")}
        of_node = Counter(t.predicate.value.removeprefix(SH) for t in triples if t.subject == node)
        for name in ("focusNode", "resultSeverity", "sourceConstraintComponent", "sourceShape"):
            assert of_node[name] == 1, name
        assert of_node["sourceConstraint"] == (finding is QUERIED)
        assert of_node["resultPath"] == (finding.path is not None)
        assert of_node["value"] == (finding.value is not None)


def test_a_property_path_is_written_as_a_path() -> None:
    triples = stated(to_turtle(Report((DEEP,), "fast")), ox.RdfFormat.TURTLE)
    expected = stated(
        f"""PREFIX sh: <{SH}> PREFIX ckg: <{PREFIXES['ckg']}>
        [] sh:resultPath [ sh:zeroOrMorePath ( [ sh:inversePath ckg:a ] [ sh:alternativePath ( ckg:b ckg:c ) ] ) ] .""",
        ox.RdfFormat.TURTLE,
    )
    (path,) = [t for t in triples if t.predicate.value == SH + "resultPath"]
    reached, pending = {path}, [path.object]
    while pending:
        node = pending.pop()
        for triple in triples:
            if triple.subject == node:
                reached.add(triple)
                pending.append(triple.object)
    assert canonical(list(reached)) == canonical(expected)


def test_a_report_without_findings_conforms() -> None:
    triples = stated(to_turtle(EMPTY), ox.RdfFormat.TURTLE)
    assert [t.object.value for t in triples if t.predicate.value == SH + "conforms"] == ["true"]


# HTML


class Outline(HTMLParser):
    """Elements, headings and addresses of a page, and whether each element is closed in its turn."""

    VOID = {"meta", "link", "br"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@each_language
def test_the_page_stands_alone(language: str) -> None:
    page = Outline(to_html(sheet(language=language), "p { color: red }"))
    names = Counter(name for name, _ in page.elements)
    assert not {"script", "link", "img", "iframe", "object", "form"} & names.keys()
    assert not [attributes for _, attributes in page.elements if "style" in attributes or "src" in attributes]
    assert [attributes["lang"] for name, attributes in page.elements if name == "html"] == [language]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = [attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes]
    assert set(labelled) <= set(ids) and len(labelled) == 5
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch(r"h\d", name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_the_page_marks_what_is_meant_and_shows_the_repair() -> None:
    page = to_html(sheet(), "")
    assert "<mark>ckg:hodler</mark> actor:italy" in page
    assert "<del>-    ckg:hodler actor:italy ;</del>\n<ins>+    ckg:holder actor:italy ;</ins>" in page
    assert 'href="https://w3id.org/coalition-kg/docs/findings#vocabulary-unknown"' in page


@settings(max_examples=60, deadline=None)
@given(SHEETS)
def test_everything_on_the_page_is_escaped(of: Sheet) -> None:
    names = {name for name, _ in Outline(to_html(of, "")).elements}
    allowed = "html head meta title style body main h1 h2 h3 div p article span code small pre mark strong a ul li"
    assert names <= {*allowed.split(), "ins", "del"}


def test_the_part_for_the_site_is_the_same_as_on_the_page() -> None:
    assert str(fragment(sheet())).strip() in to_html(sheet(), "")
    assert "<h1" not in fragment(sheet())


# All forms


@each_language
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_twice_and_not_empty(form: str, language: str) -> None:
    first = written(sheet(language=language), form)
    assert first == written(sheet(language=language), form) and first and not first.endswith("\n")


def test_every_word_is_there_in_both_languages() -> None:
    assert all(en and it and ("|" in en) == ("|" in it) for en, it in _WORDS.values())


@pytest.mark.parametrize(
    ("checked", "told"),
    [
        ({"focus": 3, "constraints": 9, "files": 1}, "3 nodes checked against 9 constraints in 0.3 s (fast)."),
        ({"added": 2, "removed": 1, "focus": 3, "files": 1}, "2 triples added, 1 removed; 3 nodes judged in 0.3 s (fast)."),
        ({"files": 1}, "judged in 0.3 s (fast)."),
    ],
)
def test_the_verdict_says_what_was_judged(checked: dict[str, int], told: str) -> None:
    assert to_text(sheet(Report((), "fast", checked))).endswith(told)
