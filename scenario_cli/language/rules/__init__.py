"""The rules, one file each; this tuple lists them all."""

from scenario_cli.language.rules import (
    actions_conflict,
    cycle_without_wait,
    dead_end,
    no_goal,
    parallel_never,
    unreachable_state,
)
from scenario_cli.language.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    cycle_without_wait.RULE,
    dead_end.RULE,
    unreachable_state.RULE,
    actions_conflict.RULE,
    parallel_never.RULE,
    no_goal.RULE,
)
