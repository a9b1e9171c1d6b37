"""Segments and mails of Mautic's exports, and the operators of its filters."""

from __future__ import annotations

import re

from scenario_cli.importing.conditions import (
    Condition,
    among,
    begins,
    both,
    compared,
    contains,
    either,
    ends,
    missing,
    negated,
    present,
)
from scenario_cli.importing.fields import Fields, as_number
from scenario_cli.importing.ledger import Item, Ledger
from scenario_cli.importing.texts import plain, translated, with_default
from scenario_cli.importing.vocabulary import FILL_IN, Text, Vocabulary
from scenario_cli.language.yaml_node import Node
from scenario_cli.language.yaml_node import plain as plain_value

_SIGNS = {"=": "==", "!=": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TEXTUAL = {"contains": contains, "like": contains, "startsWith": begins, "endsWith": ends}
# `{contactfield=firstname|Friend}`, `{unsubscribe_text}`; braces of style sheets contain no such word alone.
_MARKS = re.compile(r"\{(?P<value>[a-z_]+=[^{}]*|[a-z]+_[a-z_]+)\}")
_FIELD = re.compile(r"(?:contactfield|leadfield)=(?P<name>\w+)(?:\|(?P<default>[^|}]*))?")


class Parts:
    """The other parts of a campaign's export, each built when a part of the campaign names it."""

    def __init__(self, parts: dict[tuple[str, str], Fields], vocabulary: Vocabulary, ledger: Ledger) -> None:
        self.parts, self.vocabulary, self.ledger = parts, vocabulary, ledger
        self.items = {key: ledger.item(_singular(key[0]), _name(fields), fields.span) for key, fields in parts.items()}

    def segment(self, id_: str) -> str:
        """Our segment for a list: with its filters if they can be expressed here."""
        fields = self.parts.get(("lists", id_))
        title = _name(fields) if fields is not None else f"segment {id_}"
        is_known = ("segment", id_) in self.vocabulary.names
        name = self.vocabulary.named("segment", id_, "segment", title)
        if is_known:
            self.again(fields, id_, name)
            return name
        item = self.items.get(("lists", id_)) or self.ledger.item("segment", title, self.ledger.items[-1].span)
        item.became = f"segment {name}"
        condition = self.filters(fields) if fields is not None else None
        if condition is None:
            self.vocabulary.stand_in(name)
            item.decide(f"it has no filters, or a filter that the language cannot express: {FILL_IN}",
                        self.vocabulary.segments[name].remarks)  # fmt: skip
        else:
            self.vocabulary.segment(name, condition)
        if fields is not None:
            fields.read |= set(fields.node.fields)
        return name

    def again(self, fields: Fields | None, id_: str, name: str) -> None:
        """A segment that an earlier file brought along too: its definition there counts."""
        item = self.items.get(("lists", id_))
        if fields is None or item is None or item.became:
            return
        item.became = f"segment {name}"
        condition = self.filters(fields)
        segment = self.vocabulary.segments[name]
        if condition is not None and condition.text != segment.condition.text:
            item.decide("an earlier file defines this segment differently: check its condition", segment.remarks)
        fields.read |= set(fields.node.fields)

    def filters(self, fields: Fields) -> Condition | None:
        """Filters are joined by `and`; each `or` begins another group."""
        groups: list[list[Condition]] = []
        for node in fields.items("filters"):
            filter_ = Fields(node)
            properties = filter_.mapping("properties")
            value = properties.get("filter") if properties is not None else filter_.get("filter")
            if filter_.text("object") not in ("", "lead"):
                return None
            condition = self.comparison(filter_.text("field"), filter_.text("operator"), value, filter_.text("type"))
            if condition is None:
                return None
            if not groups or filter_.text("glue") == "or":
                groups.append([])
            groups[-1].append(condition)
        return either(both(group) for group in groups) if groups else None

    def comparison(self, field: str, operator: str, node: Node | None, type_: str = "") -> Condition | None:
        """A field compared with a value; None if there are no words for it."""
        if not field:
            return None
        name = self.vocabulary.own(field)
        value = plain_value(node) if node is not None else None
        numeric = type_ == "number" or operator in ("gt", "gte", "lt", "lte")
        number = as_number(value) if numeric and not isinstance(value, list | dict) else None
        if numeric and number is None:
            return None
        path = self.vocabulary.attribute(name)
        if operator in ("empty", "!empty"):
            return missing(path) if operator == "empty" else present(path)
        if type_ == "boolean":
            value = value in (True, 1, "1", "true")
        values = value if isinstance(value, list) else [number if numeric else value]
        if not all(self.vocabulary.compares("", name, each) for each in values):
            return None
        if operator in _SIGNS and value is not None and not isinstance(value, list | dict):
            return compared(path, _SIGNS[operator], number if numeric else value)
        if operator in ("in", "!in") and isinstance(value, list):
            return among(path, value) if operator == "in" else negated(among(path, value), {})
        bare = operator.removeprefix("!")
        if bare in _TEXTUAL and isinstance(value, str) and value.strip("%"):
            condition = _TEXTUAL[bare](path, value.strip("%"))
            return negated(condition, {}) if operator.startswith("!") else condition
        return None

    def mail(self, id_: str, template: str, channel: str, title: str, item: Item) -> None:
        """The text of a message, from the exported mail if there is one."""
        text = self.vocabulary.texts.setdefault((template, channel), Text())
        fields = next((self.parts[key] for key in ((kind, id_) for kind in _KINDS[channel]) if key in self.parts), None)
        if fields is None:
            text.body = f"[{plain(title)}]"
            text.head = (
                {"subject": plain(title)}
                if channel == "email"
                else {"title": plain(title)}
                if channel == "push"
                else {}
            )
            if channel != "webhook":
                item.decide("the export does not hold the text: write it", text.remarks)
            return
        key = next(key for key in ((kind, id_) for kind in _KINDS[channel]) if key in self.parts)
        mine = self.items[key]
        mine.became = f"template {template}" if not mine.became else f"{mine.became}, template {template}"

        def line(*keys: str) -> str:
            return translated(fields.text(*keys), self.variable, mine, text.remarks, _MARKS)

        if channel == "email":
            text.head = {"subject": line("subject") or plain(title), "from_name": line("from_name", "fromName"),
                         "preheader": line("preheader_text", "preheaderText")}  # fmt: skip
        elif channel == "push":
            text.head = {"title": line("heading", "title") or plain(title)}
        text.head = {key: value for key, value in text.head.items() if value}
        text.body = line("custom_html", "customHtml", "message", "plain_text", "plainText").replace("\r\n", "\n")
        if not text.body:
            text.body = f"[{plain(title)}]"
            mine.decide("the export does not hold the text: write it", text.remarks)
        fields.read |= _OF_MAIL
        mine.rest(fields, text.remarks)

    def variable(self, inner: str) -> str | None:
        match = _FIELD.fullmatch(inner)
        if match is None:
            return None
        return with_default(self.vocabulary.attribute(self.vocabulary.own(match["name"])), match["default"])

    def unused(self) -> None:
        """Reports all other parts of the export as not part of a scenario."""
        for item in self.items.values():
            if not item.became and not item.notes:
                item.lose("no event of the campaign uses it, or a scenario cannot hold it")


_KINDS = {"email": ("email", "emails"), "sms": ("sms", "smses"), "push": ("notification", "notifications"),
          "alert": ("email", "emails"), "webhook": ()}  # fmt: skip
_OF_MAIL = {"id", "uuid", "name", "is_published", "lang", "email_type", "revision", "template", "content", "utm_tags",
            "description", "plain_text", "public_preview", "headers", "use_owner_as_mailer", "category"}  # fmt: skip


def _singular(kind: str) -> str:
    words = {"lists": "segment", "forms": "form", "emails": "email", "form_fields": "form field",
             "form_actions": "form action", "pointGroup": "point group",
             "dynamicContent": "dynamic content"}  # fmt: skip
    return words.get(kind, kind)


def _name(fields: Fields) -> str:
    return fields.text("name", "title", "label", "alias", "id")
