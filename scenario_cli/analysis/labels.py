"""How the parts of a scenario read in plain words, the same wherever one is drawn or listed.

A new kind of trigger, wait or transition gets its words here, and nowhere else.
"""

from __future__ import annotations

import re

from scenario_cli.model.expression import Expression
from scenario_cli.model.scenario import Branch, FirstOf, Goal, Message, Send, Timeout, Transition, Trigger
from scenario_cli.model.waits import Wait


def trigger_label(trigger: Trigger) -> str:
    return trigger.event.text + _if(trigger.where)


def goal_label(goal: Goal) -> str:
    return f"goal: {goal.event.text}{_of(goal.of)}{_if(goal.where)}"


def transition_label(transition: Transition) -> str:
    return f"{transition.event.text}{_of(transition.of)}{_if(transition.where)}"


def stays_label(transition: Transition) -> str:
    """A transition without a target: what it does while the journey stays where it is."""
    done = f": keeps {', '.join(name.text for name, _ in transition.set)}" if transition.set else ""
    return f"on {transition_label(transition)}{done}"


def timeout_label(timeout: Timeout) -> str:
    return wait_label(timeout.wait) + _if(timeout.condition)


def wait_label(wait: Wait) -> str:
    """`after 2d at 10:00`; a wait that begins with a word of its own (`at`, `cron`) says enough."""
    relative = wait.text[:1].isdigit() or wait.text.startswith("P")
    return f"after {wait.text}" if relative and not _DATED.search(wait.text) else wait.text


_DATED = re.compile(r" (before|after) date ")


def choice_label(branch: Branch) -> str:
    return "else" if branch.condition is None else f"if {_plain(branch.condition)}"


def when_label(branch: Branch) -> str:
    return "when" if branch.condition is None else f"when {_plain(branch.condition)}"


def share_label(weight: float, total: float) -> str:
    return f"{100 * weight / total:.3g}%" if total else "0%"


def send_label(send: Send) -> str:
    if isinstance(send, FirstOf):
        return f"first of: {', '.join(message_label(one) for one in send.messages)}"
    return message_label(send)


def message_label(message: Message) -> str:
    return f"{message.channel.text} {message.template.text}{_if(message.condition)}"


def _if(condition: Expression | None) -> str:
    return "" if condition is None else f" if {_plain(condition)}"


def _of(state: object) -> str:
    return "" if state is None else f" of the message of {state}"


def _plain(condition: Expression) -> str:
    return " ".join(condition.source.split())
