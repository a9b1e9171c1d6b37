"""Rules of Treasure Data's segments as conditions."""

from __future__ import annotations

from typing import Any

from scenario_cli.importing.conditions import (
    BEFORE,
    LATER,
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
)
from scenario_cli.importing.fields import Fields, as_number
from scenario_cli.importing.ledger import Ledger
from scenario_cli.importing.vocabulary import FILL_IN, Vocabulary
from scenario_cli.language.yaml_node import plain

_IN_DAYS = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "quarter": 91,
            "year": 365}  # fmt: skip
_SIGNS = {"Equal": "==", "NotEqual": "!=", "Greater": ">", "GreaterEqual": ">=", "Less": "<", "LessEqual": "<="}


class Rules:
    """The segments that a journey brings along or names."""

    def __init__(self, journey: str, vocabulary: Vocabulary, ledger: Ledger) -> None:
        self.journey, self.vocabulary, self.ledger = journey, vocabulary, ledger
        self.in_months = False  # whether the current rule counts in units of different length

    def segments(self, fields: Fields) -> None:
        section = fields.mapping("segments")
        names = list(section.node.fields) if section is not None else []
        for key in names:  # first all names: segments include one another
            self.vocabulary.named("segment", f"{self.journey}:{key}", "segment", key)
        for key in names:
            assert section is not None
            segment = section.mapping(key) or Fields(section.node.fields[key])
            name = self.vocabulary.named("segment", f"{self.journey}:{key}", "segment")
            item = self.ledger.item("segment", key, section.node.key(key).span, f"segment {name}")
            rule = segment.mapping("rule")
            segment.read |= {"description", "name", "kind"}
            self.in_months = False
            condition = self.rule(rule) if rule is not None else None
            if condition is None:
                self.vocabulary.stand_in(name)
                remarks = self.vocabulary.segments[name].remarks
                item.decide(f"the language cannot express this rule: {FILL_IN}", remarks)
            else:
                remarks = self.vocabulary.segment(name, condition).remarks
                if self.in_months:
                    item.approximate("a month counts as 30 days, a quarter as 91, a year as 365", remarks)
            item.rest(segment, remarks)

    def rule(self, rule: Fields) -> Condition | None:
        """The rule as a condition; None if a part of it has no words here."""
        kind = rule.text("type")
        if kind in ("And", "Or"):
            parts = [self.rule(Fields(node)) for node in rule.items("conditions")]
            conditions = [part for part in parts if part is not None]
            if len(conditions) < len(parts) or not parts:
                return None
            return both(conditions) if kind == "And" else either(conditions)
        if kind in ("include", "exclude"):
            member = self.reference(rule)
            return member if kind == "include" else negated(member, {})
        operator = rule.mapping("operator")
        attribute = rule.text("attribute")
        extra = rule.has("source") or rule.has("aggregation") or rule.has("filter") or rule.has("arrayMatching")
        if kind != "Value" or operator is None or not attribute or extra:
            return None
        condition = self.comparison(attribute, operator)
        if condition is not None and operator.flag("not"):
            return negated(condition, None if operator.text("type") == "IsNull" else {})
        return condition

    def comparison(self, attribute: str, operator: Fields) -> Condition | None:
        kind = operator.text("type")
        value: Any = plain(node) if (node := operator.get("value")) is not None else None
        name = self.vocabulary.own(attribute)
        path = f"contact.{name}"
        if kind in ("TimeWithinPast", "TimeWithinNext"):
            self.in_months = self.in_months or operator.text("unit") in ("month", "quarter", "year")
            days = (as_number(value) or 0) * _IN_DAYS.get(operator.text("unit"), 0)
            if not days:
                return None
            self.vocabulary.attribute(name, "datetime")
            if self.vocabulary.attributes[name] != "datetime":
                return None
            bound = f"{days:.6g}"
            if kind == "TimeWithinPast":
                return Condition(f"days_since({path}) >= 0 and days_since({path}) <= {bound}", {name: BEFORE}, 1)
            return Condition(f"days_since({path}) <= 0 and days_since({path}) >= -{bound}", {name: LATER}, 1)
        values = value if isinstance(value, list) else [value]
        if not all(self.vocabulary.compares("", name, each) for each in values if each is not None):
            return None
        if kind in _SIGNS and value is not None:
            return compared(path, _SIGNS[kind], value)
        if kind == "Between":
            bounds = [(sign, operator.number(key)) for key, sign in (("min", ">="), ("max", "<="))]
            limits = [(sign, bound) for sign, bound in bounds if bound is not None]
            if not limits or not all(self.vocabulary.compares("", name, bound) for _, bound in limits):
                return None
            return both(compared(path, sign, bound) for sign, bound in limits)
        if kind == "IsNull":
            return missing(path)
        if kind in ("In", "NotIn") and value is not None:
            condition = among(path, values)
            return condition if kind == "In" else negated(condition, {})
        textual = {"Contain": contains, "StartWith": begins, "EndWith": ends}.get(kind)
        if textual is None or not all(isinstance(part, str) and part for part in values):
            return None
        return either(textual(path, str(part)) for part in values)

    def reference(self, fields: Fields) -> Condition:
        """The condition that a contact is in the segment that is named: one of this file, or one from elsewhere."""
        key = fields.required("segment")
        local = ("segment", f"{self.journey}:{key}")
        if local in self.vocabulary.names:
            return self.vocabulary.member(self.vocabulary.names[local])
        title = key.removeprefix("ref:").strip()
        is_known = ("segment", title) in self.vocabulary.names
        name = self.vocabulary.named("segment", title, "segment")
        condition = self.vocabulary.stand_in(name)
        if not is_known:
            item = self.ledger.item("segment reference", key, fields.place("segment"), f"segment {name}")
            item.decide(f"the file does not hold its rule: {FILL_IN}",
                        self.vocabulary.segments[name].remarks)  # fmt: skip
        return condition
