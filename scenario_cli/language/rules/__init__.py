"""The rules, one file each; this tuple lists them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date

from scenario_cli.language.rules import (
    actions_conflict,
    already_over,
    apart_without_key,
    cap_exceeded,
    cart_goes_on,
    concerns_nothing,
    cycle_without_wait,
    date_without_fallback,
    day_of_few_months,
    dead_end,
    decides_nothing,
    empty_message,
    empty_phase,
    equals_forgotten,
    event_never_comes,
    goal_goes_first,
    group_limits,
    late_message,
    link_around,
    lonely_group,
    mail_without_unsubscribe,
    may_be_late,
    may_be_too_long,
    metric_of_text,
    missing_locale,
    misspelt_field,
    name_convention,
    never_captured,
    never_open,
    never_true,
    no_cap,
    no_consent,
    no_delivery,
    no_fallback,
    no_goal,
    no_owner,
    no_subject,
    no_time_limit,
    no_unsubscribe,
    no_way_out,
    not_a_date,
    not_always_captured,
    not_business_goal,
    not_reviewed,
    of_never_sent,
    one_at_a_time,
    outranked,
    parallel_never,
    plan_passed,
    quiet_at_send_time,
    quoted_name,
    reentry_no_effect,
    same_clock,
    shadowed,
    single_channel,
    sms_alphabet,
    split_of_two_things,
    starved,
    template_not_captured,
    too_large,
    too_long,
    types_that_differ,
    unencrypted,
    unknown_state_name,
    unreachable_state,
    unread_capture,
    unused_channel,
    unused_declaration,
    unused_event,
    unused_metric,
    unused_template,
    value_not_in_plan,
    wait_never_first,
    when_time_only,
    written_misfit,
)
from scenario_cli.language.rules.support.rule import Rule
from scenario_cli.language.rules.support.severities import OTHER_WARNINGS, Levels, level_of
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.language.templates.files import TemplateText
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project

RULES: tuple[Rule, ...] = (
    no_goal.RULE,
    not_business_goal.RULE,
    cart_goes_on.RULE,
    split_of_two_things.RULE,
    no_cap.RULE,
    single_channel.RULE,
    too_large.RULE,
    no_owner.RULE,
    not_reviewed.RULE,
    plan_passed.RULE,
    name_convention.RULE,
    empty_phase.RULE,
    types_that_differ.RULE,
    value_not_in_plan.RULE,
    unused_event.RULE,
    unused_metric.RULE,
    unused_declaration.RULE,
    metric_of_text.RULE,
    written_misfit.RULE,
    equals_forgotten.RULE,
    quoted_name.RULE,
    not_a_date.RULE,
    cycle_without_wait.RULE,
    dead_end.RULE,
    unreachable_state.RULE,
    actions_conflict.RULE,
    parallel_never.RULE,
    one_at_a_time.RULE,
    apart_without_key.RULE,
    no_way_out.RULE,
    no_time_limit.RULE,
    of_never_sent.RULE,
    never_true.RULE,
    shadowed.RULE,
    decides_nothing.RULE,
    when_time_only.RULE,
    never_captured.RULE,
    not_always_captured.RULE,
    unknown_state_name.RULE,
    event_never_comes.RULE,
    goal_goes_first.RULE,
    unread_capture.RULE,
    too_long.RULE,
    may_be_too_long.RULE,
    sms_alphabet.RULE,
    no_fallback.RULE,
    template_not_captured.RULE,
    missing_locale.RULE,
    no_unsubscribe.RULE,
    link_around.RULE,
    no_subject.RULE,
    empty_message.RULE,
    misspelt_field.RULE,
    unused_template.RULE,
    unused_channel.RULE,
    quiet_at_send_time.RULE,
    never_open.RULE,
    cap_exceeded.RULE,
    starved.RULE,
    outranked.RULE,
    lonely_group.RULE,
    group_limits.RULE,
    no_consent.RULE,
    concerns_nothing.RULE,
    day_of_few_months.RULE,
    wait_never_first.RULE,
    late_message.RULE,
    reentry_no_effect.RULE,
    date_without_fallback.RULE,
    already_over.RULE,
    may_be_late.RULE,
    same_clock.RULE,
    mail_without_unsubscribe.RULE,
    no_delivery.RULE,
    unencrypted.RULE,
)

# The codes whose severity can be chosen, and whose findings can be ignored.
GRADED = frozenset((*(rule.code for rule in RULES), *OTHER_WARNINGS))


def rules_for_errors(levels: Sequence[Levels]) -> tuple[Rule, ...]:
    """The rules whose findings can be errors, at these severities by code.

    A rule that is an error by default is included at any level: its findings keep other rules silent. If an ignore
    without effect is an error, all rules are included: only together can they tell whether an ignore has an effect.
    """
    if level_of("IGN001", levels) == "error":
        return RULES
    return tuple(rule for rule in RULES if rule.severity == "error" or level_of(rule.code, levels) == "error")


def apply_rules(
    project: Project, texts: Mapping[str, TemplateText], broken: Set[str], rules: Sequence[Rule] = RULES
) -> Iterator[Diagnostic]:
    """The findings of rules; `broken` are the files that have errors already."""
    overview = Overview(project, texts, date.today())
    findings = [
        fault for rule in rules if not rule.of_sound_files for fault in _findings_of(rule, overview, frozenset())
    ]
    yield from findings
    broken = broken | {fault.span.file for fault in findings if fault.severity == "error"}
    for rule in rules:
        if rule.of_sound_files:
            yield from _findings_of(rule, overview, broken)


def _findings_of(rule: Rule, overview: Overview, broken: Set[str]) -> Iterator[Diagnostic]:
    if rule.check is not None:
        for subject in overview.subjects:
            if subject.scenario.file not in broken or not rule.of_sound_scenarios:
                yield from (finding for finding in rule.check(subject) if finding.span.file not in broken)
    if rule.check_project is not None and not broken:
        yield from rule.check_project(overview)
