"""Counts the random worlds that reach each construct of the language: python -m tests.reference.reach [WORLDS]

Run it by hand after a change of the strategies; docs/suite.md has the figures.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, given, seed, settings

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.hosts.replay import feed
from scenario_cli.model.records import Asked, Ended, Entered, Held, Moved, Record, Refused
from tests.reference.projects import World, made_of, worlds

# Reads the texts of a world's running scenarios, by name, and the records of one contact.
Reached = Callable[["Texts", Sequence[Record]], bool]


class Texts(dict[str, str]):
    """The text of each scenario, metrics and policy of a world."""

    def of(self, record: Record) -> str:
        return self.get(record.scenario, "")

    def says(self, record: Record, pattern: str) -> bool:
        return re.search(pattern, self.of(record)) is not None


def refused(reason: str) -> Reached:
    return lambda _, records: any(isinstance(record, Refused) and record.reason == reason for record in records)


def ended(outcome: str) -> Reached:
    return lambda _, records: any(isinstance(record, Ended) and record.outcome == outcome for record in records)


def moved(pattern: str) -> Reached:
    return lambda _, records: any(isinstance(record, Moved) and re.search(pattern, record.cause) for record in records)


def entered(pattern: str) -> Reached:
    return lambda texts, records: any(isinstance(record, Entered) and texts.says(record, pattern) for record in records)


def let_in_later(_: Texts, records: Sequence[Record]) -> bool:
    """Whether a contact that waited for the group entered once it was free."""
    waiting = [record for record in records if isinstance(record, Refused) and record.reason == "waiting"]
    return any(
        isinstance(record, Entered)
        and (record.scenario, record.key, record.event) == (wait.scenario, wait.key, wait.event)
        and wait.at < record.at <= (wait.until or 0)
        for wait in waiting for record in records
    )  # fmt: skip


def freed(texts: Texts, records: Sequence[Record]) -> bool:
    return any(
        isinstance(record, Moved) and texts.says(record, rf"(?m)^  {record.target}: .*frees_key") for record in records
    )  # fmt: skip


def answered(_: Texts, records: Sequence[Record]) -> bool:
    return any(isinstance(record, Asked) and (record.channel, record.template) == ("push", "m/c") for record in records)


def dropped(reason: str, detail: str = "") -> Reached:
    return lambda _, records: any(
        isinstance(record, Asked) and record.reason == reason and (record.detail or "").startswith(detail)
        for record in records
    )


def held(texts: Texts, records: Sequence[Record]) -> bool:
    exempting = re.search(r"(?m)^  quiet_hours: .*except", texts["policy"]) is not None
    return exempting and any(isinstance(record, Held) and "quiet" in record.why for record in records)


def ramped(texts: Texts, records: Sequence[Record]) -> bool:
    return any(
        isinstance(record, Moved) and record.kind == "split" and texts.says(record, r"split: \{[^}]*from 2025")
        for record in records
    )


# The constructs of the language's second edition, in its order.
CONSTRUCTS: dict[str, Reached] = {
    "refused `running`": refused("running"),
    "refused `taken`": refused("taken"),
    "refused `too_many`": refused("too_many"),
    "ended `restarted`": ended("restarted"),
    "`reentry` in months": entered("reentry: 1mo"),
    "refused `reentry`": refused("reentry"),
    "key by `item.x`": entered(r"key: \[?item\.|key: \[item"),
    "a wait on a day of the month": moved(r"on (first|last|day)"),
    "a date moved `before on` a day": moved("before on"),
    "a wait `since` an instant": entered("since: (journey|trigger|contact|metric)"),
    "`timezone: project`": entered("(?m)^timezone: project"),
    "dropped `expired`, by `until`": dropped("expired", "until"),
    "segment `already_in`": entered("already_in"),
    "absence `by` a property": entered(r"absence: [^}]*by: "),
    "refused `exclusive`": refused("exclusive"),
    "refused `waiting` for the group": refused("waiting"),
    "let in after it": let_in_later,
    "ended `displaced`": ended("displaced"),
    "`limit: 2` of a group": entered("limit: 2"),
    "`frees_key`": freed,
    "refused `limit` by `max_running`": refused("limit"),
    "a transition that sends": answered,
    "its message `cancelled`": dropped("cancelled"),
    "held by quiet hours with `except`": held,
    "`running(state=...)`": entered(r"running\([^)]*state="),
    "`happened(of=...)` and the like": entered(r"(happened|count|last)\([^)]*of="),
    "a split by date": ramped,
}  # fmt: skip


def reach(number: int) -> Counter[str]:
    """The number of worlds, out of `number`, that reach each construct; the same worlds each time."""
    counts: Counter[str] = Counter()

    @seed(1)
    @settings(
        max_examples=number, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(worlds())
    def count(world: World) -> None:
        built = made_of(world)
        program = compile_program(built.project, tables=built.tables)
        texts = Texts({name.removesuffix(".yaml"): text for name, text in world.files.items()})
        stories = [feed(program, person.own, world.start, world.until, world.begins, person.broadcasts)[1]
                   for person in world.people]  # fmt: skip
        counts[""] += 1
        counts.update(name for name, reached in CONSTRUCTS.items() if any(reached(texts, story) for story in stories))

    count()
    return counts


def main() -> None:
    counts = reach(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    print("| construct | worlds |\n| --- | --- |")
    for name in CONSTRUCTS:
        print(f"| {name} | {counts[name] / counts['']:.0%} |")


if __name__ == "__main__":
    main()
