"""The engine and the reference report the same facts for every project and every log."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import event, given

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.hosts.replay import feed
from tests.reference.contact import Fact
from tests.reference.facts import facts_of
from tests.reference.interpreter import replay
from tests.reference.projects import Person, World, made_of, worlds
from tests.reference.settings import examples
from tests.reference.strategies.plan import PLACES


def executor_facts(world: World) -> list[list[Fact]]:
    built = made_of(world)
    program = compile_program(built.project, tables=built.tables)
    return [executor_facts_of(program, person, world) for person in world.people]


def executor_facts_of(program: Program, person: Person, world: World) -> list[Fact]:
    """The facts of one contact's replay; it takes broadcasts apart from the contact's own log."""
    return facts_of(feed(program, person.own, world.start, world.until, world.begins, person.broadcasts)[1])


def reference_facts(world: World) -> list[list[Fact]]:
    project = made_of(world).project
    tables = PLACES
    return [
        replay(project, person.log, person.known_at, world.until, tables, world.start).facts for person in world.people
    ]


def difference(executor: Sequence[Fact], reference: Sequence[Fact]) -> str:
    """The first different fact, with the facts before it."""
    for place, (each, other) in enumerate(zip(executor, reference, strict=False)):
        if each != other:
            before = "\n".join(map(str, executor[max(place - 3, 0) : place]))
            return f"{before}\nexecutor:  {each}\nreference: {other}"
    place = min(len(executor), len(reference))
    before = "\n".join(map(str, executor[max(place - 3, 0) : place]))
    return f"{before}\nonly executor:  {list(executor[place:])}\nonly reference: {list(reference[place:])}"


@examples(60)
@given(worlds())
def test_the_executor_agrees_with_the_reference(world: World) -> None:
    for executor, reference in zip(executor_facts(world), reference_facts(world), strict=True):
        for kind in {f"{fact[0]} {fact[5]}" if fact[0] == "entered" else str(fact[0]) for fact in reference}:
            event(kind)
        assert executor == reference, difference(executor, reference)
