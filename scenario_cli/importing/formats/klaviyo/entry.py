"""The entry conditions of a Klaviyo flow, and the contacts who can enter again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario_cli.importing.conditions import Condition, both, literal, negated
from scenario_cli.importing.fields import Fields, one_of
from scenario_cli.importing.formats.klaviyo.filters import FLOW_START, Filters
from scenario_cli.importing.journey import End, Journey, On, Trigger
from scenario_cli.importing.ledger import Item, Remarks
from scenario_cli.importing.naming import identifier
from scenario_cli.language.yaml_node import Node

_REENTRY = {"hour": "h", "day": "d", "week": "w", "month": "mo", "year": "y"}
_BEFORE = {"days": "d", "weeks": "w", "months": "mo"}
_NEVER_SINCE = re.compile(rf"not happened\('([^']*)', {FLOW_START}\)")


class Entry:
    """Reads the triggers, the filter and the re-entry of one flow into its journey."""

    def __init__(self, definition: Fields, journey: Journey, filters: Filters) -> None:
        self.definition, self.journey, self.filters = definition, journey, filters
        self.vocabulary, self.ledger = filters.vocabulary, filters.ledger

    def read(self) -> None:
        self.triggers()
        self.profile_filter()
        self.reentry()

    def triggers(self) -> None:
        for node in self.definition.items("triggers"):
            fields = Fields(node)
            kind = fields.text("type")
            item = self.ledger.item("trigger", kind, fields.span)
            trigger = self.trigger(fields, kind, item)
            if trigger is not None:
                self.journey.triggers.append(trigger)
                item.became = f"trigger: {_label(trigger)}"
            item.rest(fields, trigger.remarks if trigger is not None else None)
        if not self.journey.triggers:
            event = self.vocabulary.event(f"{self.journey.name}_started")
            self.journey.triggers.append(Trigger({"event": event}, {"event": event}))
            self.journey.item.decide("the flow has no trigger: feed this event", self.vocabulary.about(event))

    def trigger(self, fields: Fields, kind: str, item: Item) -> Trigger | None:
        id_ = fields.text("id")
        if kind == "metric":
            event = self.filters.event(id_ or "unknown", item)
            trigger = Trigger({"event": event}, {"event": event})
        elif kind == "list":
            event = self.vocabulary.event("added_to_list", list_id="string")
            trigger = Trigger(
                {"event": event, "where": f"event.list_id == {literal(id_)}"}, {"event": event, "list_id": id_}
            )
            item.decide(f"feed the event 'added_to_list' when a contact joins the list '{id_}'",
                        self.vocabulary.about(event))  # fmt: skip
        elif kind == "segment":
            name = self.filters.group(id_, item)
            profile = self.vocabulary.member(name).profile
            trigger = Trigger({"segment": name}, profile=dict(profile or {}))
        elif kind == "date":
            return self.date_trigger(fields, item)
        else:
            event = self.vocabulary.event(identifier(kind.replace("-", "_"), "trigger"))
            trigger = Trigger({"event": event}, {"event": event})
            item.decide(f"the language has no trigger '{kind}': feed the event '{event}' for each contact",
                        self.vocabulary.about(event))  # fmt: skip
        event = trigger.keys.get("event", "")
        self.filters.trigger_event = event
        conditions = [
            condition
            for condition, _ in self.filters.groups(fields.mapping("trigger_filter"), "event", trigger.remarks)
        ]
        if conditions:
            own = [Condition(trigger.keys["where"])] if "where" in trigger.keys else []
            where = both([*own, *conditions])
            trigger.keys["where"] = where.text
            holds = both(conditions).profile
            trigger.sample = None if trigger.sample is None or holds is None else {
                **trigger.sample, **{key.removeprefix("event:"): value for key, value in holds.items()}}  # fmt: skip
        return trigger

    def date_trigger(self, fields: Fields, item: Item) -> Trigger:
        remarks: Remarks = []
        name = identifier(fields.text("date_profile_property") or "date", "date")
        self.vocabulary.attribute(name, "date")
        keys: dict[str, object] = {"date": f"contact.{name}"}
        value = fields.number("timedelta_value_before_date") or 0
        unit = fields.text("timedelta_unit_before_date") or "days"
        if value:
            one_of(unit, _BEFORE, fields.place("timedelta_unit_before_date"), "the unit")
            keys["offset"] = f"-{value}{_BEFORE[unit]}"
        frequency = fields.text("recurrence_frequency") or "never"
        keys["every"] = "year" if frequency == "annually" else "once"
        if frequency in ("monthly", "weekly"):
            item.decide(f"Klaviyo repeats it {frequency}, the scenario enters once: write a schedule trigger", remarks)
        if fields.text("timezone") not in ("", "profile"):
            item.approximate("the date is on the contact's clock", remarks)
        fields.text("date_field_type")
        if frequency == "annually":
            self.journey.reentry = "always"
        return Trigger(keys, profile={name: "2025-03-25"}, remarks=remarks)

    def profile_filter(self) -> None:
        """Asked at entry and before every action there; here at entry, on entering a state and after every event."""
        filter_ = self.definition.mapping("profile_filter")
        if filter_ is None:
            return
        remarks = self.journey.at("audience")
        item = self.ledger.item("profile filter", "", filter_.span, "audience and when: {end: filtered_out}")
        for condition, since_start in self.not_in_flow(filter_, remarks):
            if not since_start:
                self.journey.audience.append(condition)
            event = _NEVER_SINCE.fullmatch(condition.text)
            if event is not None:
                self.journey.on.append(On(event[1], End("filtered_out")))
            else:
                self.journey.when.append((negated(condition), End("filtered_out")))
        item.approximate("a contact who no longer fits leaves for good; Klaviyo asks again before each action", remarks)

    def not_in_flow(self, filter_: Fields, remarks: Remarks) -> Iterator[tuple[Condition, bool]]:
        """The groups except the one with the time that a contact must have been out of the flow: that is `reentry`."""
        groups = []
        for group in filter_.items("condition_groups"):
            conditions = Fields(group).items("conditions")
            alone = Fields(conditions[0]) if len(conditions) == 1 else None
            if alone is not None and alone.text("type") == "profile-not-in-flow":
                timeframe = alone.mapping("timeframe_filter")
                duration = _duration(timeframe)
                self.journey.reentry = duration or "never"
                self.ledger.item("condition", "profile-not-in-flow", alone.span, f"reentry: {self.journey.reentry}")
            else:
                groups.append(group)
        rest = Node(filter_.span, {"condition_groups": Node(filter_.span, tuple(groups))}, {})
        return self.filters.groups(Fields(rest), "trigger", remarks)

    def reentry(self) -> None:
        criteria = self.definition.mapping("reentry_criteria")
        if criteria is None:
            if not self.journey.reentry and "segment" not in self.journey.triggers[0].keys:
                self.journey.reentry = "never"
                text = "the flow does not define who can enter again, so nobody can; in Klaviyo everybody can"
                self.journey.item.decide(text, self.journey.at("reentry"))
            return
        unit, duration = criteria.text("unit"), criteria.number("duration")
        item = self.ledger.item("re-entry", unit, criteria.span)
        of_flow = f"{duration}{_REENTRY[unit]}" if unit in _REENTRY and duration else "never"
        if unit not in _REENTRY and unit != "alltime":
            item.decide(f"re-entry by '{unit}' is unknown: write 'reentry'", self.journey.at("reentry"))
        of_filter = self.journey.reentry
        if of_filter not in ("", of_flow, "always"):
            item.approximate(f"the filter has {of_filter}, the flow {of_flow}: 'never' is used",
                             self.journey.at("reentry"))  # fmt: skip
            of_flow = "never"
        self.journey.reentry = of_flow
        item.became = f"reentry: {of_flow}"


def _label(trigger: Trigger) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in trigger.keys.items()) + "}"


def _duration(timeframe: Fields | None) -> str:
    """`in the last 14 days` as `14d`; empty for all time."""
    if timeframe is None or timeframe.text("operator") != "in-the-last":
        return ""
    unit, quantity = timeframe.text("unit"), timeframe.number("quantity")
    return f"{quantity}{_REENTRY[unit]}" if unit in _REENTRY and quantity else ""
