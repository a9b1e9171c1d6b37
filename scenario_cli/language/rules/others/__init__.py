"""The documents of all findings that come from no rule, by subject."""

from __future__ import annotations

from scenario_cli.language.rules.others.expressions import EXPRESSIONS
from scenario_cli.language.rules.others.messages import DATA, FLOW, IGNORING, MESSAGES, READERS
from scenario_cli.language.rules.others.names import NAMES
from scenario_cli.language.rules.others.shapes import SHAPES
from scenario_cli.language.rules.others.times import TIMES
from scenario_cli.language.rules.others.yaml import YAML
from scenario_cli.language.rules.support.rule import Rule

OTHERS: tuple[Rule, ...] = (
    *YAML,
    *SHAPES,
    *NAMES,
    *EXPRESSIONS,
    *FLOW,
    *TIMES,
    *MESSAGES,
    *READERS,
    *DATA,
    *IGNORING,
)
