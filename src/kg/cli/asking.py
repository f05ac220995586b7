"""Asking for what a draft lacks, at a terminal: choices by number or by a part of their names, texts by language."""

from __future__ import annotations

import click

from kg.drafting.draft import UNNAMED, Draft, class_of
from kg.drafting.forms import Field, Forms
from kg.drafting.values import DATE_SPAN, Choice, search
from kg.errors import SettingError
from kg.rdf import shorten

SHOWN = 15
WORDS = {
    "en": {
        "pick": "Number, name, or words to search",
        "date": "EDTF date, number, name, or words to search",
        "fresh": "Number, name, words to search, or “new NAME”",
        "text": "Text",
        "name": "Name of the claim",
        "passage": "Passage, as it stands in the source",
        "more": "Another property (Enter to end, ? to list)",
        "none": "Nothing fits.",
        "rest": "… and {count} more; type words to narrow down.",
        "class": "Class of the new node",
        "again": "Another value (Enter to go on)",
    },
    "it": {
        "pick": "Numero, nome o parole da cercare",
        "date": "Data EDTF, numero, nome o parole da cercare",
        "fresh": "Numero, nome, parole da cercare, o «new NOME»",
        "text": "Testo",
        "name": "Nome dell'asserzione",
        "passage": "Passo, come sta nella fonte",
        "more": "Un'altra proprietà (Invio per finire, ? per l'elenco)",
        "none": "Nulla corrisponde.",
        "rest": "… e altri {count}; digitare parole per restringere.",
        "class": "Classe del nuovo nodo",
        "again": "Un altro valore (Invio per proseguire)",
    },
}


class Interview:
    """Asks, in one language, for what a draft lacks; what is answered is kept as assignments of ``--set``."""

    def __init__(self, draft: Draft, forms: Forms, language: str) -> None:
        self._draft, self._forms, self._language = draft, forms, language
        self._words = WORDS[language]
        self._said: list[str] = []

    def fill(self) -> list[str]:
        """Ask until nothing lacks, then for what else there is to say; the assignments made."""
        self._required(UNNAMED)
        while True:
            name = click.prompt(self._words["more"], default="", show_default=False).strip()
            if not name:
                return self._said
            if name == "?":
                for field in self._draft.form().fields.values():
                    click.echo(f"  {field.name}  {self._label(field)}")
                continue
            try:
                field = self._draft.field(name)
            except SettingError as error:
                click.echo(str(error))
                continue
            self._value(field, UNNAMED)

    def _required(self, subject: str) -> None:
        """Ask for the fields of a node that lack a value, until none does."""
        while lacking := self._draft.missing(subject):
            self._value(lacking[0], subject)

    def _value(self, field: Field, subject: str) -> None:
        """Ask for one value until it is one, with all languages of a text."""
        click.echo(f"\n{field.name}  {self._label(field)}")
        if field.messages:
            click.echo(f"  {field.messages.get(self._language) or field.messages.get('en', '')}")
        if not field.is_literal:
            self._node(field, subject)
            return
        plain = not (field.languages or (field.datatype or "").endswith("langString"))
        for language in ("",) if plain else field.languages or (self._language,):
            while not self._set(
                field, click.prompt(self._words["text"] + (f" ({language})" if language else "")), language, subject
            ):
                pass

    def _node(self, field: Field, subject: str) -> None:
        """Ask for a node until there is one: of those that exist, or a new one."""
        options = self._draft.choices(field)
        shown = self._show(options)
        is_date = any(DATE_SPAN in each for each in field.classes)
        # A vocabulary, whose values belong to a scheme, does not grow by the way.
        fresh = bool(field.classes) and not field.having and not is_date
        prompt = self._words["date" if is_date else "fresh" if fresh else "pick"]
        while True:
            text = click.prompt(prompt).strip()
            if text.isdigit() and len(text) < 4 and 1 <= int(text) <= len(shown):
                text = shorten(shown[int(text) - 1].iri)
            if text.startswith("new ") and fresh:
                text = self._fresh(field, text.removeprefix("new ").strip())
            if ":" in text or is_date and text[:1].isdigit():
                if text and self._set(field, text, "", subject):
                    return
            else:
                shown = self._show(search(options, text))

    def _fresh(self, field: Field, name: str) -> str:
        """Ask for a new node of a class that fits: its prefixed name, or an empty text if that is no good."""
        fitting = sorted(set().union(*(self._forms.hierarchy.below(one) for one in field.classes[0])))
        text = shorten(fitting[0])
        if len(fitting) > 1:
            text = click.prompt(self._words["class"], type=click.Choice([shorten(one) for one in fitting]))
        try:
            class_ = class_of(text, self._forms, fitting[[shorten(one) for one in fitting].index(text)])
            iri = self._draft.family(class_) + name
            self._draft.declare(iri, class_)
        except SettingError as error:
            click.echo(str(error))
            return ""
        self._said.append(f"{shorten(iri)} a={shorten(class_)}")
        self._required(iri)
        return shorten(iri)

    def _set(self, field: Field, text: str, language: str, subject: str) -> bool:
        """Give the field the value; if it is none, say why."""
        try:
            self._draft.set(field, text, language, subject)
        except SettingError as error:
            click.echo(str(error))
            return False
        node = "" if subject == UNNAMED else f"{shorten(subject)} "
        self._said.append(f"{node}{field.name}{'@' + language if language else ''}={text}")
        return True

    def _show(self, options: list[Choice]) -> list[Choice]:
        """Print the first of the choices with numbers; those printed."""
        if not options:
            click.echo(f"  {self._words['none']}")
        for number, one in enumerate(options[:SHOWN], start=1):
            click.echo(f"  {number:2}  {one.told(self._language)}")
        if len(options) > SHOWN:
            click.echo("      " + self._words["rest"].format(count=len(options) - SHOWN))
        return options[:SHOWN]

    def _label(self, field: Field) -> str:
        labels = field.labels or {}
        return labels.get(self._language) or labels.get("en", "")
