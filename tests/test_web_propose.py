"""Proposing over HTTP, as a browser without scripts does it: forms from the shapes, judged, and what may not be sent."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pyoxigraph as ox
import pytest
from checkout import ROOT
from serving import token_in, wait_for_forms

from kg.cli.fmt import canonical

pytestmark = pytest.mark.server

POSITION = "/propose?class=ckg:Position"
#: A position that would pass.
GOOD = {
    "ckg:summary.0@en": "A test of the form.",
    "ckg:summary.0@it": "Una prova del modulo.",
    "ckg:stance.0": "stance:opposes",
    "ckg:topic.0": "topic:troops-in-ukraine",
    "ckg:holder.0": "unnamed author of source 004",
    "ckg:evidence.0": "evidence:004-p4-3",
    "ckg:modality.0": "modality:asserted",
    "ckg:certainty.0": "certainty:plain",
}
PASSAGE = {
    "ckg:evidence.0/a": "ckg:PassageEvidence",
    "ckg:evidence.0/ckg:source.0": "doc:004",
    "ckg:evidence.0/ckg:paragraph.0": "4",
}


class Reply:
    """A response: status, headers, text."""

    def __init__(self, address: str, fields: Mapping[str, str] | None = None, **headers: str) -> None:
        body = None if fields is None else urlencode(fields).encode("ascii")
        sent = {"Accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            answer = urlopen(Request(address, body, sent), timeout=60)
        except HTTPError as error:
            answer = error
        with answer:
            self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode("utf-8")

    def said(self, address: str) -> list[str]:
        """What is said at an address of the form."""
        part = re.search(rf'data-said="{re.escape(address)}">(.*?)</div>', self.text, re.DOTALL)
        assert part, f"there is nothing at {address}"
        return [" ".join(unescape(re.sub("<[^>]+>", "", one)).split()) for one in re.findall(r"<p.*?</p>", part[1], re.DOTALL)]

    def values(self, start: str) -> dict[str, str]:
        """The values of the inputs whose names begin so."""
        found = re.findall(r'<input [^>]*name="([^"]+)" value="([^"]*)"', self.text)
        return {unescape(name): unescape(value) for name, value in found if name.startswith(start)}

    @property
    def turtle(self) -> str:
        found = re.search(r'<pre class="turtle"[^>]*><code>(.*?)</code>', self.text, re.DOTALL)
        assert found
        return unescape(found[1])

    @property
    def passes(self) -> bool:
        return 'class="verdict ok"' in self.text


@pytest.fixture(scope="module", autouse=True)
def ready(live_server: str) -> None:
    """What forms need is made."""
    wait_for_forms(live_server)


@pytest.fixture(scope="module")
def token(live_server: str) -> str:
    return token_in(Reply(live_server + POSITION).text)


def send(server: str, token: str, fields: Mapping[str, str], do: str = "check", path: str = POSITION, **headers: str) -> Reply:
    return Reply(server + path, {"token": token, "do": do, **fields}, **headers)


def test_all_that_shapes_judge_can_be_proposed_and_has_a_form(live_server: str) -> None:
    english, italian = (Reply(f"{live_server}/propose?lang={one}").text for one in ("en", "it"))
    kinds = set(re.findall(r"/propose\?class=([^\"&]+)", english))
    assert {"ckg%3APosition", "ckg%3ACommitment", "ckg%3APerson", "ckg%3AEvent", "ckg%3APassageEvidence"} <= kinds
    assert not {"ckg%3AClaim", "ckg%3AStatement", "ckg%3AActor"} & kinds
    assert "A holder&#39;s stance on exactly one topic" in english and "posizione" in italian
    for kind in sorted(kinds):
        form = Reply(f"{live_server}/propose?class={kind}")
        assert form.status == 200 and 'class="required"' in form.text, kind


def test_the_fields_are_those_of_the_shapes(live_server: str) -> None:
    english, italian = Reply(live_server + POSITION).text, Reply(f"{live_server}{POSITION}&lang=it").text
    assert english.index("What is said") < english.index("Who") < english.index("How firm it is")
    assert re.search(r'id="label-ckg:stance"[^>]*>stance <small class="required">required', english)
    assert re.search(r'id="label-ckg:stance"[^>]*>orientamento <small class="required">obbligatorio', italian)
    assert 'value="stance:excludes"' in english and "ckg:contradictedIn" not in english
    # Of evidence a new passage is opened, with the fields of its own shape.
    assert 'name="ckg:evidence.0/ckg:sha256.0"' in english and "The SHA-256 digest" in english
    # One stance at most; as many holders as there are.
    assert 'value="add ckg:stance"' not in english and 'value="add ckg:holder"' in english


def test_what_is_right_passes_and_is_laid_out_as_a_file(live_server: str, token: str) -> None:
    reply = send(live_server, token, GOOD)
    assert reply.passes, reply.text
    assert "data/claims/004-a-test-of-the-form.ttl" in reply.text and "git switch --create" in reply.text
    assert reply.values("ckg:holder")["ckg:holder.0"].endswith("(actor:author-of-004)")
    file = send(live_server, token, GOOD, "download")
    assert file.headers["Content-Disposition"] == 'attachment; filename="004-a-test-of-the-form.ttl"'
    assert file.text == reply.turtle and len(list(ox.parse(file.text, format=ox.RdfFormat.TURTLE))) == 9
    raw = Request(f"{live_server}/check", file.text.encode(), {"Content-Type": "text/turtle", "Accept": "application/json"})
    with urlopen(raw, timeout=60) as answer:
        assert json.load(answer)["conforms"] is True


def test_what_is_wrong_is_said_at_its_field_in_the_readers_language(live_server: str, token: str) -> None:
    wrong = {**GOOD, "ckg:stance.0": "", "ckg:topic.0": "topic:no-such", "ckg:time.0": "2025-13-45"}
    english = send(live_server, token, wrong)
    assert not english.passes
    assert english.said("ckg:stance") == [one for one in english.said("ckg:stance") if "exactly one stance" in one] != []
    assert "Nothing that fits has this name" in english.said("ckg:topic.0")[0] and english.said("ckg:topic") == []
    assert "no date in EDTF" in english.said("ckg:time.0")[0]
    italian = send(live_server, token, wrong, path=f"{POSITION}&lang=it")
    assert "esattamente un orientamento" in italian.said("ckg:stance")[0] and "Nulla di adatto" in italian.said("ckg:topic.0")[0]
    nested = send(live_server, token, {**GOOD, **PASSAGE, "ckg:evidence.0/oa:start.0": "x"})
    assert "no whole number" in nested.said("ckg:evidence.0/oa:start.0")[0]
    assert "SHA-256" in nested.said("ckg:evidence.0/ckg:sha256")[0]


def test_a_rule_about_the_whole_is_told_of_the_node(live_server: str, token: str) -> None:
    reply = send(live_server, token, {**GOOD, "ckg:modality.0": "modality:curated"})
    assert any("Only judgements" in one for one in reply.said("") + reply.said("ckg:modality"))


def test_buttons_change_the_form_and_keep_what_was_typed(live_server: str, token: str) -> None:
    more = send(live_server, token, GOOD, "add ckg:holder")
    assert set(more.values("ckg:holder.")) == {"ckg:holder.0", "ckg:holder.1"} and "A test of the form." in more.text
    two = {**GOOD, "ckg:holder.1": "actor:italy"}
    assert list(send(live_server, token, two, "remove ckg:holder.0").values("ckg:holder.").values()) == ["Italy (actor:italy)"]
    opened = send(live_server, token, GOOD, "open ckg:condition.0 ckg:Condition")
    assert 'name="ckg:condition.0/rdfs:label.0@it"' in opened.text and 'data-moved="ckg:condition.0"' in opened.text
    closed = send(live_server, token, {**GOOD, **PASSAGE}, "close ckg:evidence.0")
    assert "ckg:evidence.0" in closed.values("ckg:evidence.0") and "ckg:evidence.0/a" not in closed.text


def test_names_follow_the_rules_of_the_project(live_server: str, token: str) -> None:
    passage = send(live_server, token, {**GOOD, **PASSAGE})
    known = [int(one) for one in re.findall(r"evidence:004-p4-(\d+)\n", passage.turtle)]
    assert known and known[0] > 3, passage.turtle
    for name, said in (("../x", "small letters"), ("004-italy-excludes-troops", "of this name already")):
        assert said in send(live_server, token, {**GOOD, "name": name}).said("name")[0]
    assert "claim:of-my-own\n" in send(live_server, token, {**GOOD, "name": "of-my-own"}).turtle
    dated = send(live_server, token, {**GOOD, "ckg:time.0": "2031-02~"})
    assert dated.passes and 'ckg:edtf "2031-02~"^^edtf:EDTF' in dated.turtle and "ckg:earliest" in dated.turtle


def test_a_file_that_exists_is_never_proposed_to_be_replaced(live_server: str, token: str) -> None:
    reply = send(live_server, token, {**GOOD, "name": "004"})
    assert reply.passes and "data/claims/004-2.ttl" in reply.text and "data/claims/004.ttl" not in reply.text
    file = send(live_server, token, {**GOOD, "name": "004"}, "download")
    assert file.headers["Content-Disposition"] == 'attachment; filename="004-2.ttl"'


def test_what_is_no_claim_goes_where_its_like_are(live_server: str, token: str) -> None:
    named = {"rdfs:label.0@en": "Ada Test", "rdfs:label.0@it": "Ada Prova"}
    reply = send(live_server, token, named, path="/propose?class=ckg:Person")
    assert "data/actors/ada-test.ttl" in reply.text and "actor:ada-test\n" in reply.turtle


def test_choices_are_searched_by_name_and_label(live_server: str) -> None:
    def choices(field: str, words: str, lang: str = "en") -> dict:
        query = f"class=ckg:Position&field={field}&q={quote(words)}&lang={lang}"
        return json.loads(Reply(f"{live_server}/propose/choices?{query}", Accept="application/json").text)

    assert {"name": "actor:italy", "label": "Italia"} in choices("ckg:holder", "ITALIA", "it")["choices"]
    every = choices("ckg:concerns", "")
    assert every["count"] > 1_000 and len(every["choices"]) == 20
    assert choices("ckg:holder", "nothing of this name") == {"choices": [], "count": 0, "more": False}


def test_a_text_is_known_by_its_digest(live_server: str) -> None:
    source = ox.parse((Reply(f"{live_server}/id/document/004.ttl", Accept="text/turtle")).text, format=ox.RdfFormat.TURTLE)
    digest = next(quad.object.value for quad in source if quad.predicate.value.endswith("sha256"))
    told = json.loads(Reply(f"{live_server}/propose/document?sha256={digest}&lang=it").text)
    assert told["document"] == "doc:004" and told["label"].startswith("Fonte 004")
    assert json.loads(Reply(f"{live_server}/propose/document?sha256={'0' * 64}").text)["document"] is None
    assert Reply(f"{live_server}/propose/document?sha256=x").status == 400


@pytest.mark.parametrize(
    ("fields", "do", "status"),
    [
        ({}, "zap", 400),
        ({}, "open ckg:holder.0 owl:Class", 400),
        ({}, "open ckg:holder.999 ckg:State", 400),
        ({}, "remove ckg:holder.7", 400),
        ({}, "add", 400),
        ({"ckg:nothing.0": "x"}, "check", 400),
        ({"__proto__": "x"}, "check", 400),
        ({"/".join(["ckg:evidence.0"] * 6) + "/a": "x"}, "check", 400),
        ({"ckg:evidence.0/a": "ckg:Nonsense"}, "check", 400),
        ({"ckg:evidence.0/a": "ckg:Claim"}, "check", 400),
        ({"ckg:evidence.0/ckg:paragraph.0": "1"}, "check", 400),
        ({"ckg:holder.0": "y" * 30_000}, "check", 413),
        ({f"ckg:holder.{number}": "x" for number in range(60)}, "check", 413),
        ({f"ckg:x{number}.0": "" for number in range(1_200)}, "check", 413),
        ({"ckg:holder.0": "z" * 500_000}, "check", 413),
    ],
)
def test_what_no_form_sends_is_refused_in_a_sentence(
    live_server: str, token: str, fields: Mapping[str, str], do: str, status: int
) -> None:
    reply = send(live_server, token, fields, do)
    assert reply.status == status and "Traceback" not in reply.text
    assert send(live_server, token, GOOD).passes


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>", "\"'><img src=x>", "http://elsewhere.example/x", "<urn:x>", "\x00\x1b[31m", "a\u202eb",
        "9" * 5_000, "{{ 7 * 7 }}", "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "ckg:Position",
    ],
)  # fmt: skip
def test_whatever_is_typed_is_shown_as_text_and_judged(live_server: str, token: str, value: str) -> None:
    names = ("ckg:holder.0", "ckg:time.0", "ckg:evidence.0/ckg:paragraph.0", "ckg:summary.0@en", "skos:editorialNote.0@it", "name")
    reply = send(live_server, token, {**PASSAGE, **dict.fromkeys(names, value)})
    assert reply.status == 200 and not reply.passes
    assert "<script>alert" not in reply.text and "<img src=x" not in reply.text and "49" not in reply.said("ckg:holder.0")[0]


@pytest.mark.parametrize("path", [POSITION, "/propose?class=ckg:Event&lang=it", "/check"])
def test_a_page_with_a_form_is_for_nobody_elses_page(live_server: str, path: str) -> None:
    reply = Reply(live_server + path)
    assert reply.headers["Cache-Control"] == "no-store" and "ETag" not in reply.headers
    assert "Access-Control-Allow-Origin" not in reply.headers and token_in(reply.text)
    assert Reply(f"{live_server}/propose").headers["Access-Control-Allow-Origin"] == "*"


FOREIGN = ({"Origin": "https://elsewhere.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "null"}, {"Origin": "http://["})


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_is_refused(live_server: str, token: str, headers: Mapping[str, str]) -> None:
    checks = token_in(Reply(f"{live_server}/check").text)
    for reply in (
        send(live_server, token, GOOD, **headers),
        Reply(f"{live_server}/check", {"token": checks, "contribution": "x"}, **headers),
    ):
        assert reply.status == 403 and "foreign-form" in reply.text and "another site" in reply.text


@pytest.mark.parametrize("given", ["", "x", "1.abc", "99999999999." + "0" * 64, "²." + "0" * 64])
def test_a_token_that_does_not_hold_loses_nothing(live_server: str, given: str) -> None:
    reply = send(live_server, given, GOOD)
    assert reply.status == 403 and "open for too long" in reply.text and "A test of the form." in reply.text
    assert send(live_server, token_in(reply.text), GOOD).passes
    page = Reply(f"{live_server}/check", {"token": given, "contribution": "<urn:a> a <urn:b> ."})
    assert page.status == 403 and "&lt;urn:a&gt; a &lt;urn:b&gt; ." in page.text
    again = Reply(f"{live_server}/check", {"token": token_in(page.text), "contribution": "<urn:a> a <urn:b> ."})
    assert again.status == 200 and 'class="report"' in again.text


def test_the_token_of_one_page_is_not_that_of_another(live_server: str, token: str) -> None:
    assert Reply(f"{live_server}/check", {"token": token, "contribution": "x"}).status == 403


def test_programmes_send_turtle_and_forms_without_a_token(live_server: str) -> None:
    form = Reply(f"{live_server}/check", {"contribution": "<urn:a> a <urn:b> ."}, Accept="application/json")
    assert form.status == 200 and "findings" in json.loads(form.text)
    raw = {"Content-Type": "text/turtle", "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    with urlopen(Request(f"{live_server}/check", b"<urn:a> a <urn:b> .", raw), timeout=60) as answer:
        assert answer.status == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"


def test_turtle_that_is_judged_is_shown_with_the_lines_at_fault(live_server: str) -> None:
    token = token_in(Reply(f"{live_server}/check").text)
    text = "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>\n\n<urn:x:é> a ckg:Nonsense ;\n  ckg:also \"<script>\" .\n"
    reply = Reply(f"{live_server}/check", {"token": token, "contribution": text})
    assert re.search(r'<li id="line-3" class="violation"><span class="number">3</span>', reply.text)
    assert re.search(r'href="#line-3">', reply.text) and 'href="#finding-1"' in reply.text
    assert "<script>&" not in reply.text and "&lt;script&gt;" in reply.text
    fine = Reply(f"{live_server}/check", {"token": token, "contribution": ""})
    assert fine.status == 200 and 'class="listing"' not in fine.text
    long = Reply(f"{live_server}/check", {"token": token, "contribution": "\n" * 3_000 + text})
    assert 'id="line-3003"' in long.text and long.text.count('class="number"') < 60


def test_evidence_of_a_passage_is_found_by_its_place(live_server: str) -> None:
    source = Reply(f"{live_server}/id/evidence/004-p4-3.nt", Accept="application/n-triples").text
    digest = re.search(r'sha256> "([0-9a-f]{64})"', source)
    assert digest
    asked = f"{live_server}/propose/evidence?source=doc:004&lang=it&sha256={digest[1]}"
    found = json.loads(Reply(f"{asked}&start=637&end=684").text)
    assert found[0]["name"] == "evidence:004-p4-3" and found[0]["same"] and found[0]["claims"] >= 3
    assert found[0]["about"].startswith("L'Italia") and found[0]["address"] == "/id/evidence/004-p4-3?lang=it" and found[0]["voices"][0].startswith("Fonte 004")
    assert len(found) > 1 and not any(one["same"] for one in found[1:])
    assert all(one["start"] < 684 and one["end"] > 637 for one in found)
    # Other words at the same place are not the same passage, and beside it there is none.
    assert not any(one["same"] for one in json.loads(Reply(f"{asked[:-64]}{'0' * 64}&start=637&end=684").text))
    assert json.loads(Reply(f"{asked}&start=0&end=0").text) == []
    assert json.loads(Reply(f"{asked.replace('doc:004', 'doc:none')}&start=637&end=684").text) == []


@pytest.mark.parametrize("asked", ["", "source=doc:004", "source=doc:004&start=1", "source=%3E%7D&start=1&end=2", "source=doc:004&start=-1&end=2", "source=x%20y:z&start=1&end=2"])
def test_what_is_no_passage_is_refused_in_a_sentence(live_server: str, asked: str) -> None:
    reply = Reply(f"{live_server}/propose/evidence?{asked}", Accept="application/json")
    assert reply.status == 400 and "A passage has a source" in reply.text

GOOD_PASSAGE = {**{name: value for name, value in GOOD.items() if name != "ckg:evidence.0"}, **PASSAGE}
CLAIM = "https://w3id.org/coalition-kg/id/claim/004-zelensky-these-things-matter"
CORRECTION = "/propose?" + urlencode({"correct": CLAIM})


def filled_in(text: str) -> dict[str, str]:
    """All that a form is filled in with, as a browser would send it."""
    form = text[text.index('<form id="proposal"') :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, text_ in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text_)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return {name: value for name, value in found.items() if name not in ("token", "do")}


def test_a_claim_is_corrected_where_it_stands(live_server: str, token: str, tmp_path: Path) -> None:
    page = Reply(live_server + CORRECTION)
    given = filled_in(page.text)
    # As it stands, with the evidence that it alone rests on; sent as it is, nothing changes.
    assert given["ckg:certainty.0"] == "certainty:plain" and given["ckg:evidence.0/name"].startswith("004-")
    assert "ckg:certainty certainty:plain" in page.turtle and "PREFIX" not in page.turtle
    same = send(live_server, token, given, path=CORRECTION)
    assert same.passes and "Nothing is changed yet." in same.text and same.turtle == page.turtle
    given["ckg:certainty.0"] = "certainty:hedged"
    judged = send(live_server, token, given, path=CORRECTION)
    assert judged.passes and "git apply" in judged.text, judged.text
    assert "ckg:certainty certainty:hedged" in judged.turtle and CLAIM.rpartition("/")[2] in judged.turtle
    patch = send(live_server, token, given, do="download", path=CORRECTION)
    assert patch.headers["Content-Disposition"] == 'attachment; filename="correct-004-zelensky-these-things-matter.patch"'
    changed = [line for line in patch.text.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed[:2] == ["-    ckg:certainty certainty:plain ;", "+    ckg:certainty certainty:hedged ;"], changed
    # The patch is one of the file, and leaves it in the canonical layout.
    file = tmp_path / "data" / "claims" / "004.ttl"
    file.parent.mkdir(parents=True)
    file.write_bytes((ROOT / "data" / "claims" / "004.ttl").read_bytes())
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch.text, text=True, check=True, timeout=60)
    text = file.read_text("utf-8")
    assert canonical(text, str(file)) == text and "certainty:hedged" in text


def test_a_correction_that_would_not_pass_says_where(live_server: str, token: str) -> None:
    given = filled_in(Reply(live_server + CORRECTION).text)
    given["ckg:certainty.0"] = ""
    judged = send(live_server, token, given, path=CORRECTION)
    assert not judged.passes and judged.said("ckg:certainty")
    assert "git apply" not in judged.text


def test_what_no_form_holds_is_corrected_as_turtle(live_server: str) -> None:
    topic = Reply(f"{live_server}/propose?" + urlencode({"correct": "https://w3id.org/coalition-kg/id/topic/troops-in-ukraine"}))
    assert 'name="as" value="data/topics.ttl"' in topic.text and "\ntopic:troops-in-ukraine\n" in topic.text
    for wrong in ("no iri at all", "https://w3id.org/coalition-kg/id/claim/nothing", "https://w3id.org/coalition-kg/ontology#Claim"):
        assert Reply(f"{live_server}/propose?" + urlencode({"correct": wrong})).status == 400
    assert Reply(f"{live_server}/check?as=../../etc/passwd").text.count('value="../../etc/passwd"') == 1


def test_the_page_of_a_claim_leads_to_its_correction(live_server: str) -> None:
    page = Reply(live_server + CLAIM.removeprefix("https://w3id.org/coalition-kg"))
    assert quote(CLAIM, safe="") in page.text[: page.text.index("Propose a correction")].rpartition("<a ")[2]


def test_whose_words_is_chosen_from_the_document_of_the_passage(live_server: str, token: str) -> None:
    query = {"class": "ckg:PassageEvidence", "field": "ckg:attribution", "q": "putin"}
    for beside, first in (("doc:004", "step:004-putin"), ("doc:000", "step:000-putin"), ("", "step:000-putin")):
        found = json.loads(Reply(f"{live_server}/propose/choices?" + urlencode({**query, "beside": beside})).text)["choices"]
        assert found[0]["name"] == first
        assert len({one["label"] for one in found}) == len(found), "two that only their addresses tell apart"
    assert any("Source 004" in one["label"] for one in found)
    # Where no script asks, the list of the page has the same order once the document is chosen.
    drawn = send(live_server, token, {**GOOD_PASSAGE, "ckg:evidence.0/ckg:source.0": "doc:004"}, do="show").text
    listed = re.search(r'<datalist id="list-ckg:evidence.0/ckg:attribution">(.*?)</datalist>', drawn, re.DOTALL)
    assert listed and 'value="' in listed[1]
    belong = [one.startswith("004") for one in re.findall(r"\(step:([^)]*)\)", listed[1])]
    assert True in belong and False in belong and belong == sorted(belong, reverse=True)
    judged = send(live_server, token, {**GOOD_PASSAGE, "ckg:evidence.0/ckg:attribution.0": "step:000-putin"})
    assert not judged.said("ckg:evidence.0")
    (said,) = judged.said("ckg:evidence.0/ckg:attribution")
    assert "another document than the one they stand in" in said
