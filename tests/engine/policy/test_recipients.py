"""Transactional messages, and messages to staff and systems: the rules of the policy that apply to each."""

from __future__ import annotations

import pytest

from tests.engine.policy.stage import MONDAY, news, run, without
from tests.rows import rows


def test_a_transactional_message_passes_everything_but_the_address() -> None:
    policy = "{control_group: 100%, quiet_hours: [{on: mon}], caps: [{max: 1, per: month}], on_quiet: drop}"
    scenario = news("{push: {template: a/p, purpose: transactional}}", more="holdout: 100%")
    assert run(policy, scenario, [MONDAY, MONDAY], without(push_optin=False)).reasons == ["sent", "sent"]
    assert run(policy, scenario, [MONDAY], without("push_token")).reasons == ["no_address"]


def test_a_transactional_message_does_not_count() -> None:
    scenario = news("{push: {template: a/p, purpose: transactional}, email: a/e}")
    assert run("{caps: [{max: 1, per: day}]}", scenario, [MONDAY]).reasons == ["sent", "sent"]


ALL_AGAINST = "{control_group: 100%, quiet_hours: [{on: mon}], caps: [{max: 1, per: month}], on_quiet: drop}"


@rows(
    ("send", "policy", "holdout", "reason"),
    [
        ("desk: {template: a/d}", ALL_AGAINST, "100%", "sent"),
        ("email: {template: a/d, recipient: staff}", ALL_AGAINST, "100%", "sent"),
        ("ads: {template: a/d}", "{quiet_hours: [{on: mon}], on_quiet: drop}", "0%", "sent"),
        ("ads: {template: a/d}", "{control_group: 100%}", "0%", "control_group"),
        ("ads: {template: a/d}", "{}", "100%", "holdout"),
        ("crm: {template: a/d, recipient: system}", "{control_group: 100%}", "0%", "control_group"),
        ("crm: {template: a/d, recipient: system}", "{quiet_hours: [{on: mon}], on_quiet: drop}", "0%", "sent"),
        (
            "desk: {template: a/d, recipient: contact}",
            "{quiet_hours: [{on: mon}], on_quiet: drop}",
            "0%",
            "quiet_hours",
        ),
    ],
)
def test_checks_of_the_policy_on_messages_to_staff_and_systems(
    send: str, policy: str, holdout: str, reason: str
) -> None:
    scenario = news(f"{{{send}}}", more=f"holdout: {holdout}")
    assert run(policy, scenario, [MONDAY], without(advisor="bea")).reasons == [reason]


@pytest.mark.parametrize("send", ["desk: {template: a/d}", "ads: {template: a/d}"])
def test_messages_to_staff_and_systems_are_not_capped_and_do_not_count(send: str) -> None:
    policy = "{caps: [{max: 1, per: month}]}"
    scenario = news(f"{{{send}, email: a/e}}")
    story = run(policy, scenario, [MONDAY, "2025-03-04 10:00"], without(advisor="bea"))
    assert story.reasons == ["sent", "sent", "sent", "capped"]
