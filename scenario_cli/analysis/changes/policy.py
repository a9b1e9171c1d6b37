"""The changes of the delivery policy: caps, quiet hours, the control group, each with the scenarios that it touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scenario_cli.analysis.changes.pairing import fields_changed, paired
from scenario_cli.analysis.changes.renames import Renames
from scenario_cli.analysis.changes.words import change, code, share, valued, was
from scenario_cli.analysis.labels import length_words
from scenario_cli.analysis.policy_words import cap_scope, cap_words, everyone, quiet_scope, quiet_words, touched
from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.policy import Policy
from scenario_cli.model.project import Project


def policy_changes(old: Project, new: Project, renames: Renames) -> Iterator[Subject]:
    """The changes of the policy: one subject or none."""
    changes = tuple(_changes(old, new, renames))
    if changes:
        reach = dict.fromkeys(name for part in changes for name in part.reach)
        yield Subject("policy", "policy", "changed", changes=changes, reach=tuple(sorted(reach)))


def _changes(old: Project, new: Project, renames: Renames) -> Iterator[Change]:
    for field in fields_changed(old.policy, new.policy, renames):
        match field:
            case "caps":
                yield from _rules("caps", old, new, renames, cap_words, cap_scope)
            case "quiet_hours":
                yield from _rules("quiet_hours", old, new, renames, quiet_words, quiet_scope)
            case _:
                yield _setting(field, old.policy, new.policy, everyone(new))


def _setting(field: str, old: Policy, new: Policy, reach: tuple[str, ...]) -> Change:
    subject, value = _SETTINGS.get(field, (code(field), None))
    if value is None:
        return replace(valued((field,), subject, getattr(old, field, None), getattr(new, field, None)), reach=reach)
    before, after = value(old), value(new)
    return replace(change((field,), f"{subject} {was(after, before)}", before, after), reach=reach)


_HOLD = {"drop": "dropped", "delay": "held back"}
_SETTINGS: Mapping[str, tuple[str, Callable[[Policy], str] | None]] = {
    "control_group": ("The control group, which receives no marketing, is", lambda policy: share(policy.control_group)),
    "on_cap": ("A message over a cap is", lambda policy: _HOLD.get(policy.on_cap, policy.on_cap)),
    "on_quiet": ("A message in quiet hours is", lambda policy: _HOLD.get(policy.on_quiet, policy.on_quiet)),
    "max_hold": ("A message is held back for at most", lambda policy: length_words(policy.max_hold)),
}


def _rules(
    field: str,
    old: Project,
    new: Project,
    renames: Renames,
    value: Callable[[Any], str],
    scope: Callable[[Any], str],
) -> Iterator[Change]:
    """The changes of caps or quiet hours. `value` describes the demand of a rule, `scope` its messages."""

    def names(meaning: Mapping[str, Any]) -> list[Any]:
        return [meaning.get(key) for key in ("channels", "programs", "scenarios", "tags", "exempt", "condition")]

    before, after = getattr(old.policy, field), getattr(new.policy, field)
    pairs = paired(
        before, after, renames,
        lambda meaning: [*names(meaning), meaning.get("period"), meaning.get("days")],
        names,
        lambda meaning: {key: part for key, part in meaning.items() if key in ("most", "period", "start", "end")},
        lambda meaning: [meaning.get("channels"), meaning.get("period"), meaning.get("start")],
    )  # fmt: skip
    for rule in pairs.removed:
        text = f"{scope(rule)} {value(rule)}"
        yield replace(change((field,), f"No longer: {text}", text, "", "removed"), reach=touched(rule, old))
    for rule in pairs.added:
        text = f"{scope(rule)} {value(rule)}"
        yield replace(change((field,), f"New: {text}", "", text, "added"), reach=touched(rule, new))
    for old_rule, new_rule in pairs.changed:
        reach = tuple(sorted({*touched(old_rule, old), *touched(new_rule, new)}))
        scopes, values = (scope(old_rule), scope(new_rule)), (value(old_rule), value(new_rule))
        texts = f"{scopes[0]} {values[0]}", f"{scopes[1]} {values[1]}"
        if texts[0] == texts[1]:
            continue  # through a constant
        text = f"{texts[1]} (was: {texts[0]})" if scopes[0] != scopes[1] else f"{scopes[1]} {was(values[1], values[0])}"
        yield replace(change((field,), f"{text[:1].upper()}{text[1:]}", *texts), reach=reach)
