"""A comparison of two projects over one log has the figures of two replays, and misses no affected contact."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as st

from scenario_cli.analysis.changes.touching import touching
from scenario_cli.hosts.compare.replaying import Compared, Comparison, Side, running
from scenario_cli.hosts.compare.tally import SideTally
from scenario_cli.hosts.summary import Counting
from scenario_cli.model.records import Asked, Record, Updated
from scenario_cli.model.results import Summary
from tests.choices import choice
from tests.reference.facts import facts_of
from tests.reference.projects import Made, Person, World, made_if_sound, worlds
from tests.reference.settings import examples
from tests.reference.strategies.metrics import metrics
from tests.reference.strategies.plan import SCENARIOS
from tests.reference.strategies.policies import policies
from tests.reference.strategies.scenarios import GROUPS, scenarios


@st.composite
def mutations(draw: st.DrawFn, files: Mapping[str, str]) -> dict[str, str]:
    """The files of a project with one change."""
    names = [name for name in SCENARIOS if f"scenario: {name}\nstatus: archived" not in files.get(f"{name}.yaml", "")]
    names = [name for name in names if f"{name}.yaml" in files]
    name = draw(choice(names))
    text = files[f"{name}.yaml"]
    kind = draw(choice(("wait", "wait", "line", "line", "scenario", "metrics", "policy", "cap", "archived", "salt")))
    event(kind)
    match kind:
        case "wait":
            return {**files, f"{name}.yaml": text.replace("1d", "25h").replace("2h", "3h").replace("30min", "1h")}
        case "line":
            other = draw(scenarios(name, [each for each in names if each != name], draw(choice(GROUPS))))
            return {**files, f"{name}.yaml": _with_a_line_of(text, other, draw)}
        case "scenario":
            other = draw(scenarios(name, [each for each in names if each != name], draw(choice(GROUPS))))
            return {**files, f"{name}.yaml": other}
        case "metrics":
            return {**files, "metrics.yaml": draw(metrics())}
        case "policy":
            return {**files, "policy.yaml": draw(policies())}
        case "cap":
            policy = re.sub(r"\bmax: (\d)", lambda match: f"max: {int(match[1]) + 1}", files["policy.yaml"])
            assume(policy != files["policy.yaml"])
            return {**files, "policy.yaml": policy}
        case "archived":
            return {**files, f"{name}.yaml": f"{text}status: archived\n"}
    return {**files, "project.yaml": files["project.yaml"].replace("salt: ", "salt: more_")}


def _with_a_line_of(text: str, other: str, draw: st.DrawFn) -> str:
    """A scenario with one line (a state or a rule of entry) replaced by another's line with the same key."""
    lines, other_lines = text.splitlines(), {line.partition(":")[0]: line for line in other.splitlines()}
    places = [place for place, line in enumerate(lines) if other_lines.get(line.partition(":")[0], line) != line]
    assume(places)
    place = draw(choice(places))
    lines[place] = other_lines[lines[place].partition(":")[0]]
    return "\n".join(lines) + "\n"


@examples(15)
@given(st.data())
def test_a_comparison_finds_what_two_replays_find(data: st.DataObject) -> None:
    world = data.draw(worlds())
    old, new = made_if_sound(world.files), made_if_sound(data.draw(mutations(world.files)))
    assume(old is not None and new is not None)
    assert old is not None and new is not None
    for person in world.people:
        _check(world, person, old, new)


def _check(world: World, person: Person, old: Made, new: Made) -> None:
    touched = touching(old.project, new.project)
    job = Comparison(old.project, new.project, touched, world.start, world.until, world.begins)
    before, after = (Side(made.project, made.tables, person.broadcasts) for made in (old, new))
    compared = Compared(job, before, after)
    state, records = compared.feed(before, person.own)
    other_state, other_records = compared.feed(after, person.own)
    differ = facts_of(records) != facts_of(other_records)
    reached = compared.reaches(person.own, state, records)
    event(f"reached: {reached}, differs: {differ}, everybody: {bool(touched.everybody)}")
    assert reached or not differ
    pairs, updates = compared.pairs(state.contact_id, records, other_records), compared.updates(records, other_records)
    for place, side in enumerate((records, other_records)):
        shown = [(pair.before, pair.after)[place] for pair in pairs]
        messages = Counter((row.at, row.state, row.template) for row in shown if row is not None and not row.reason)
        assert messages == Counter((message.at, message.state, message.template) for message in _left(side))
        changes = [((pair.before, pair.after)[place], pair.attribute) for pair in updates]
        counted = Counter((each.at, each.state, name, repr(each.value)) for each, name in changes if each is not None)
        assert counted == Counter((each.at, each.state, each.attribute, repr(each.after)) for each in _updated(side))
    if not differ:
        assert {*(pair.difference for pair in pairs), *(pair.difference for pair in updates)} <= {"same"}
    compared.add(person.own)
    counts = compared.counts
    runs = (
        (old.project, counts.before, state, records),
        (new.project, counts.after, other_state, other_records),
    )
    for project, own, ended, happened in runs:
        alone = Counting(project, [project.scenarios[name] for name in running(project)])
        alone.add(happened, ended)
        assert _figures(counts.common, own) == _figures(alone.finish())
    for (scenario, attribute), differences in counts.updates.items():
        sides = [
            _figures(counts.common, own)[f"{scenario} updated", attribute] for own in (counts.before, counts.after)
        ]
        assert sides[0] - differences["only_before"] == sides[1] - differences["only_after"]


def _figures(*totals: Summary | SideTally) -> Counter[tuple[str, Any]]:
    """Counts of messages, entries, ends, conversions and changes of attributes, and of contacts' weeks."""
    counts: Counter[tuple[str, Any]] = Counter()
    for total in totals:
        counts.update({("weeks", week): count for week, count in total.weeks_sent.items()})
        counts["busiest", total.busiest[1]] += total.busiest[0]
        for name, result in total.scenarios.items():
            for kind in ("sent", "dropped", "outcomes", "updated"):
                counts.update({(f"{name} {kind}", key): count for key, count in getattr(result, kind).items()})
            counts[name, "entered"] += result.entered
            counts[name, "converted"] += result.converted
            counts[name, "cents"] += round((result.value or 0) * 100)
    return +counts


def _left(records: list[Record]) -> list[Asked]:
    return [record for record in records if isinstance(record, Asked) and not record.reason]


def _updated(records: list[Record]) -> list[Updated]:
    return [record for record in records if isinstance(record, Updated)]
