"""An inferred plan accepts any text as a name, and lists a value once for all its spellings."""

from __future__ import annotations

from scenario_cli.analysis.tracking_plan.infer import InferredPlan, infer_plan
from scenario_cli.language.edit.plan_text import plan_text
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import plain
from scenario_cli.model.inspection import EventFacts, Inspection, PropertyFacts

NAMES = ["", 'a"b', "x\ny", "A" * 10_000, "#", "? y", ": z", "\u202e", "\0z"]


def test_a_plan_is_read_back_whatever_its_names() -> None:
    event = {"properties": {name: {"type": "integer", "examples": [1]} for name in NAMES}, "required": NAMES}
    plan = InferredPlan(dict.fromkeys(NAMES, "string"), {f"e{name}": event for name in NAMES}, {})
    root, faults = read_yaml(plan_text(plan).encode(), "events.yaml")
    assert root is not None and not faults
    assert plain(root) == plan.document()


def test_a_number_and_its_text_are_one_value_of_an_enum() -> None:
    size = PropertyFacts("size", 100, {"string": 50, "integer": 50}, 3, (("1", 50), ("1", 30), ("2", 20)))
    export = Inspection(
        (), "UTC", 100, 1, (EventFacts("view", 100, 1, (size,)),), (), 0, 1, (), {}, (0,) * 24, 0, None, True, False
    )
    plan = infer_plan(export, lambda name, value: value)
    assert plan.events["view"]["properties"]["size"] == {"type": "string", "enum": ["1", "2"]}
