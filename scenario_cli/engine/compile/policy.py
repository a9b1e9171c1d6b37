"""Compiles the delivery policy: its times and conditions become functions. Decides about no message."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.engine.compile.bindings import Bindings
from scenario_cli.engine.compile.expressions import compile_condition, compile_value
from scenario_cli.engine.compile.quiet import asks_quietly
from scenario_cli.engine.policy import POLICY_PLACE, CompiledCap, CompiledPolicy, CompiledQuietHours, Picks, Reach
from scenario_cli.engine.state import Function
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.policy import Cap, Exemption, Policy, QuietHours
from scenario_cli.model.source import Name
from scenario_cli.model.waits import DAY


def compile_policy(policy: Policy, bindings: Bindings) -> CompiledPolicy:
    return CompiledPolicy(
        policy.control_group,
        tuple(_quiet(quiet, bindings) for quiet in policy.quiet_hours),
        tuple(_cap(cap, bindings) for cap in policy.caps),
        policy.max_hold,
        max((cap.period if isinstance(cap.period, int) else 32 * DAY for cap in policy.caps), default=0),
    )


def _quiet(quiet: QuietHours, bindings: Bindings) -> CompiledQuietHours:
    times = (_time(quiet.start, bindings), _time(quiet.end, bindings))
    zone = bindings.clock.tz if quiet.on_project_clock else None
    return CompiledQuietHours(_reach(quiet), *times, quiet.days, zone)


def _time(value: Value | None, bindings: Bindings) -> int | Function | None:
    """A time as minutes after midnight if it is written in the policy, as a function if it comes from data."""
    if isinstance(value, Literal):
        return int(value.value)
    return None if value is None else compile_value(value, POLICY_PLACE, bindings)


def _cap(cap: Cap, bindings: Bindings) -> CompiledCap:
    condition = compile_condition(cap.condition, POLICY_PLACE, bindings) if cap.condition is not None else None
    is_certain = cap.condition is None or asks_quietly(cap.condition.root, bindings.project)
    return CompiledCap(cap.text, cap.most, cap.period, _reach(cap), condition, is_certain)


def _reach(rule: QuietHours | Cap) -> Reach:
    return Reach(_picks(rule), _picks(rule.exempt) if rule.exempt is not None else None)


def _picks(names: QuietHours | Cap | Exemption) -> Picks:
    return Picks(_names(names.channels), _names(names.programs), _names(names.scenarios), _names(names.tags))


def _names(names: Iterable[Name]) -> frozenset[str]:
    return frozenset(name.text for name in names)
