"""Filters of Klaviyo's flows as conditions: groups are joined by `and`, the conditions of a group by `or`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scenario_cli.importing.conditions import (
    BEFORE,
    Condition,
    among,
    begins,
    compared,
    contains,
    either,
    ends,
    literal,
    missing,
    negated,
    present,
)
from scenario_cli.importing.fields import Fields, texts
from scenario_cli.importing.ledger import Item, Ledger, Remarks
from scenario_cli.importing.naming import identifier
from scenario_cli.importing.vocabulary import FILL_IN, Vocabulary
from scenario_cli.language.yaml_node import plain

_SIGNS = {"equals": "==", "not-equals": "!=", "greater-than": ">", "greater-than-or-equal": ">=", "less-than": "<",
          "less-than-or-equal": "<="}  # fmt: skip
_TEXTUAL = {"contains": contains, "starts-with": begins, "ends-with": ends}
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_UNITS = {"hour": "h", "day": "d", "week": "w"}
_INNER = re.compile(r"\[\s*['\"](.+?)['\"]\s*\]")

FLOW_START = "since=journey.entered_at"


class Filters:
    """Reads filters of one file. Each condition is a node of the account."""

    def __init__(self, metrics: dict[str, str], vocabulary: Vocabulary, ledger: Ledger) -> None:
        self.metrics, self.vocabulary, self.ledger = metrics, vocabulary, ledger

    def groups(self, filter_: Fields | None, subject: str, remarks: Remarks) -> Iterator[tuple[Condition, bool]]:
        """A condition for each group, and whether it checks events since the flow began. `subject` is the source of the
        properties of the trigger's event.
        """
        for group in filter_.items("condition_groups") if filter_ is not None else ():
            alternatives: list[Condition] = []
            for node in Fields(group).items("conditions"):
                fields = Fields(node)
                item = self.ledger.item("condition", fields.text("type"), fields.span)
                condition = self.condition(fields, subject, item, remarks)
                item.rest(fields, remarks)
                item.became = condition.text
                alternatives.append(condition)
            if alternatives:
                whole = either(alternatives)
                yield whole, FLOW_START in whole.text

    def condition(self, fields: Fields, subject: str, item: Item, remarks: Remarks) -> Condition:
        """The condition. If it cannot be expressed here, it becomes a segment without members until a person defines
        it.
        """
        match fields.text("type"):
            case "profile-property":
                return self.property_(fields, item, remarks) or self.unknown(fields, item)
            case "profile-metric":
                return self.metric(fields, item, remarks) or self.unknown(fields, item)
            case "profile-group-membership":
                return self.membership(fields, item)
            case "profile-marketing-consent":
                return self.consent(fields, item, remarks)
            case "metric-property":
                fields.read |= {"metric_id"}
                name = fields.text("property", "field")
                self.vocabulary.event(self.trigger_event, **{name: ""})
                path = property_of(subject, name)
                filtered = self.filtered(path, fields.mapping("filter"), name, self.trigger_event)
                return filtered or self.unknown(fields, item)
            case _:
                return self.unknown(fields, item)

    trigger_event = ""  # the entry event of the current flow

    def unknown(self, fields: Fields, item: Item) -> Condition:
        kind = fields.text("type")
        for key in fields.node.fields:
            fields.read.add(key)
        details = [value.text for key, value in fields.node.fields.items() if key != "type" and value.text]
        name = self.vocabulary.named("segment", literal(plain(fields.node).__repr__()), "condition",
                                     " ".join([kind, *details[:2]]))  # fmt: skip
        condition = self.vocabulary.stand_in(name)
        item.decide(f"the language has no such condition: {FILL_IN}",
                    self.vocabulary.segments[name].remarks)  # fmt: skip
        return condition

    def property_(self, fields: Fields, item: Item, remarks: Remarks) -> Condition | None:
        return self.filtered(self.attribute(fields.required("property")), fields.mapping("filter"))

    def attribute(self, name: str) -> str:
        """`properties['tier']` and `location['city']` as attributes of ours."""
        inner = _INNER.search(name)
        return self.vocabulary.attribute(self.vocabulary.own(inner[1] if inner is not None else name))

    def filtered(self, path: str, filter_: Fields | None, property_: str = "", event: str = "") -> Condition | None:
        """The comparison of a value; None if there are no words for it."""
        if filter_ is None:
            return None
        kind, operator = filter_.text("type"), filter_.text("operator")
        value = plain(node) if (node := filter_.get("value")) is not None else None
        if operator in ("is-set", "not-set"):
            return present(path) if operator == "is-set" else missing(path)
        if kind == "date":
            return self.date(path, filter_, operator)
        if isinstance(value, list):
            if not all(self.typed(path, property_, each, event) for each in value):
                return None
            listed = among(path, value)
            return {"in": listed, "not-in": negated(listed, {})}.get(operator)
        if value is None:
            return None
        if kind == "list":
            if path.startswith("contact."):
                self.vocabulary.attribute(path.removeprefix("contact."), "array")
            membership = Condition(f"{literal(value)} in {path}", None)
            return {"contains": membership, "not-contains": negated(membership, {})}.get(operator)
        if not self.typed(path, property_, value, event):
            return None
        if operator in _SIGNS:
            return compared(path, _SIGNS[operator], value)
        textual = _TEXTUAL.get(operator.removeprefix("not-"))
        if textual is None or not isinstance(value, str) or not value:
            return None
        return negated(textual(path, value), {}) if operator.startswith("not-") else textual(path, value)

    def typed(self, path: str, property_: str, value: Any, event: str) -> bool:
        """Whether the value at the path has this value's type."""
        if property_:
            return self.vocabulary.compares(event, property_, value)
        return self.vocabulary.compares("", path.removeprefix("contact."), value)

    def date(self, path: str, filter_: Fields, operator: str) -> Condition | None:
        unit, quantity = filter_.text("unit"), filter_.number("quantity")
        if operator not in ("in-the-last", "at-least") or unit not in _DAYS or quantity is None:
            return None
        days = f"{quantity * _DAYS[unit]:.6g}"
        name = path.removeprefix("contact.")
        if path.startswith("contact."):
            self.vocabulary.attribute(name, "datetime")
            if self.vocabulary.attributes[name] != "datetime":
                return None
        if operator == "at-least":  # so long ago or longer
            return Condition(f"days_since({path}) >= {days}", {name: "2000-01-01"})
        return Condition(f"days_since({path}) >= 0 and days_since({path}) <= {days}", {name: BEFORE}, 1)

    def metric(self, fields: Fields, item: Item, remarks: Remarks) -> Condition | None:
        """The count of an event within a time."""
        event = self.event(fields.required("metric_id"), item)
        number = fields.mapping("measurement_filter")
        if fields.text("measurement") != "count" or number is None:
            return None
        sign, value = _SIGNS.get(number.text("operator")), number.number("value")
        window = self.window(fields.mapping("timeframe_filter"))
        wheres = [self.where(event, Fields(node)) for node in fields.items("metric_filters")]
        if sign is None or value is None or window is None or None in wheres:
            return None
        where_texts = [where.text for where in wheres if where is not None]
        arguments = ", ".join([f"'{event}'", *([window] if window else []),
                               *([f"where={' and '.join(where_texts)}"] if where_texts else [])])  # fmt: skip
        if (sign, value) in ((">", 0), (">=", 1), ("!=", 0)):
            did = {key.removeprefix("event:"): value for where in wheres if where is not None
                   for key, value in (where.profile or {}).items()}  # fmt: skip
            return Condition(f"happened({arguments})", None if window == FLOW_START else {f"did:{event}": did})
        if (sign, value) in (("==", 0), ("<", 1), ("<=", 0)):
            return Condition(f"not happened({arguments})", {})
        return Condition(f"count({arguments}) {sign} {value}")

    def window(self, timeframe: Fields | None) -> str | None:
        """The time in which events count; empty for all time, None if there are no words for it."""
        operator = timeframe.text("operator") if timeframe is not None else "alltime"
        if operator == "alltime":
            return ""
        if operator == "flow-start":
            return FLOW_START
        if operator != "in-the-last" or timeframe is None:
            return None
        unit, quantity = timeframe.text("unit"), timeframe.number("quantity")
        if unit not in _DAYS or quantity is None:
            return None
        return f"within='{quantity:g}{_UNITS[unit]}'" if unit in _UNITS else f"within='{quantity * _DAYS[unit]:g}d'"

    def where(self, event: str, fields: Fields) -> Condition | None:
        name = fields.required("property")
        self.vocabulary.event(event, **{name: ""})
        return self.filtered(property_of("past", name), fields.mapping("filter"), name, event)

    def event(self, metric_id: str, item: Item) -> str:
        """Our event for a metric, by its name if the export has it."""
        name = self.metrics.get(metric_id, "")
        is_known = ("event", metric_id) in self.vocabulary.names
        event = self.vocabulary.named("event", metric_id, "metric", name or f"metric {metric_id}")
        self.vocabulary.event(event)
        if not name and not is_known:
            item.decide(f"the export does not name the metric '{metric_id}': rename this event",
                        self.vocabulary.about(event))  # fmt: skip
        return event

    def membership(self, fields: Fields, item: Item) -> Condition:
        """Whether a contact is in one of the lists or segments, or in none of them."""
        names = [self.group(group, item) for group in texts(fields.items("group_ids"))]
        member = either(map(self.vocabulary.member, names))
        return member if fields.flag("is_member") is not False else negated(member, {})

    def group(self, group: str, item: Item) -> str:
        """Our segment for a list or segment; the export has only its id."""
        is_known = ("segment", group) in self.vocabulary.names
        name = self.vocabulary.named("segment", group, "group", f"group {group}")
        self.vocabulary.stand_in(name)
        if not is_known:
            item.decide(f"the export holds only the id '{group}': {FILL_IN}",
                        self.vocabulary.segments[name].remarks)  # fmt: skip
        return name

    def consent(self, fields: Fields, item: Item, remarks: Remarks) -> Condition:
        consent = fields.mapping("consent")
        channel = consent.text("channel") if consent is not None else ""
        agreed = consent is None or consent.flag("can_receive_marketing") is not False
        path = self.vocabulary.attribute(f"{channel or 'email'}_optin", "boolean")
        status = consent.mapping("consent_status") if consent is not None else None
        if status is not None and status.has("filters"):
            item.approximate("the filters on how and when the contact agreed are left out", remarks)
        attribute = path.removeprefix("contact.")
        condition = Condition(path, {attribute: True})
        return condition if agreed else negated(condition, {attribute: False})


def property_of(subject: str, name: str) -> str:
    """A property as an expression reads it, with any name."""
    return f"{subject}.{name}" if identifier(name, "") == name else f"{subject}[{literal(name)}]"
