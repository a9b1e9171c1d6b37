"""The order in which a message is checked: the first check that drops it names the reason."""

from __future__ import annotations

from tests.engine.policy.stage import MONDAY, NIGHT, news, run, without
from tests.rows import rows


@rows(
    ("wrong", "reason"),
    [
        ("control holdout address consent quiet cap", "control_group"),
        ("holdout address consent quiet cap", "holdout"),
        ("address consent quiet cap", "no_address"),
        ("consent quiet cap", "no_consent"),
        ("quiet cap", "quiet_hours"),
        ("cap", "capped"),
        ("", "sent"),
    ],
)
def test_the_first_check_that_drops_a_message_names_the_reason(wrong: str, reason: str) -> None:
    parts = ["control_group: 100%"] if "control" in wrong else []
    parts += ["quiet_hours: [{channels: [push], on: mon}]"] if "quiet" in wrong else []
    parts += ["caps: [{max: 1, per: day}]"] if "cap" in wrong else []
    used = "email: {template: a/e, purpose: marketing}, " if "cap" in wrong else ""
    policy = f"{{{', '.join([*parts, 'on_quiet: drop', 'on_cap: drop'])}}}"
    contact = without(
        *(["push_token"] if "address" in wrong else []), **({"push_optin": False} if "consent" in wrong else {})
    )
    scenario = news(f"{{{used}push: a/p}}", more="holdout: 100%" if "holdout" in wrong else "")
    assert run(policy, scenario, [MONDAY], contact).reasons[-1] == reason


def test_a_message_whose_if_is_false_is_not_requested_under_any_policy() -> None:
    policy = "{control_group: 100%, quiet_hours: [{on: mon}], on_quiet: drop}"
    scenario = news("{push: {template: a/p, if: contact.points > 5}}", more="holdout: 100%")
    assert run(policy, scenario, [MONDAY], {}).messages == []


def test_a_contact_out_of_quiet_hours_and_under_the_cap_gets_the_message_at_once() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    assert run(policy, news("{push: a/p}"), [MONDAY]).fates == [f"{MONDAY} push sent"]
