"""A store at a glance, in a terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from scenario_cli.model.store_facts import JourneyCount, RunFacts, StoreFacts
from scenario_cli.reports.document.parts import Block, Document, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.masking import masked
from scenario_cli.reports.record_words import to_the_minute
from scenario_cli.reports.state.words import STATUSES, bytes_text, holder_text
from scenario_cli.reports.text import plural

_NUMBERS = ("events", "late", "contacts", "entered", "sent", "dropped")


def overview_text(store: StoreFacts, color: bool, width: int) -> str:
    return document_text(_document(store), color, width)


def _document(store: StoreFacts) -> Document:
    zone = store.timezone
    clock = f"clock at {to_the_minute(store.clock, zone)}" if store.clock is not None else "no run has ended"
    document: Document = [
        Heading(1, f"{store.file}: {store.project or 'no project yet'}, {clock}", f"times in {zone}"),
        facts(
            ("contacts", _contacts(store)),
            ("running", plural(sum(count.count for count in store.journeys), "journey")),
            ("due", _due(store)),
            ("kept", f"{plural(store.kept_inputs, 'input')} for later runs" if store.kept_inputs else ""),
            ("size", _size(store)),
            ("in progress", holder_text(store.holder) if store.holder else ""),
            ("interrupted", _unfinished(store)),
        ),
    ]
    if store.runs:
        first = store.run_count - len(store.runs)
        document += [
            Heading(3, "Runs", f"the last {len(store.runs)} of {store.run_count:,}" if first else ""),
            Grid(("run", "until", *_NUMBERS), tuple(_run(run, zone) for run in store.runs)),
        ]
    if store.journeys:
        document += [Heading(3, "Running journeys"), _journeys(store.journeys)]
    document += _outbox(store)
    return document


def _contacts(store: StoreFacts) -> str:
    forgotten = f"; {store.forgotten:,} forgotten" if store.forgotten else ""
    return f"{store.contacts:,}{forgotten}"


def _due(store: StoreFacts) -> str:
    if store.due.earliest is None:
        return "nothing until an event comes"
    within = f"{plural(store.due.day, 'contact')} within a day" if store.due.day else "no contact within a day"
    hour = f" ({store.due.hour:,} within an hour)" if store.due.hour else ""
    return f"{within}{hour}; the first at {to_the_minute(store.due.earliest, store.timezone)}"


def _size(store: StoreFacts) -> str:
    size = store.size
    free = f", of them {bytes_text(size.free)} free" if size.free else ""
    each = f"; {bytes_text(size.state)} for a contact's state" if size.state else ""
    return f"{bytes_text(size.file)}{free}{each}"


def _unfinished(store: StoreFacts) -> str:
    run = store.unfinished
    if run is None or store.holder:
        return ""
    return (
        f"run {run.number}, started {run.began}, until {to_the_minute(run.until, store.timezone)}: the next "
        "'scenario run' completes it"
    )


def _run(run: RunFacts, zone: str) -> tuple[tuple[str, ...], ...]:
    counts = [
        run.figures["taken"], run.figures["late"], run.figures["contacts"],
        *(run.happened[name] for name in ("entered", "sent", "dropped")),
    ]  # fmt: skip
    return row(str(run.number), to_the_minute(run.until, zone), *(f"{count:,}" for count in counts))


def _journeys(journeys: Sequence[JourneyCount]) -> Grid:
    by_scenario: dict[str, list[JourneyCount]] = defaultdict(list)
    for count in journeys:
        by_scenario[count.scenario].append(count)
    with_definition = any(count.standing != "today" for count in journeys)
    head = ("scenario", "journeys", "states", *(("definition",) if with_definition else ()))
    return Grid(head, tuple(_scenario_rows(by_scenario, with_definition)))


def _scenario_rows(
    by_scenario: dict[str, list[JourneyCount]], with_definition: bool
) -> Iterator[tuple[tuple[str, ...], ...]]:
    for scenario, counts in by_scenario.items():
        definitions = dict.fromkeys((count.definition, count.standing) for count in counts)
        for definition, standing in definitions:
            of_definition = [count for count in counts if count.definition == definition]
            states = ", ".join(f"{count.state} {count.count:,}" for count in of_definition)
            version = standing if standing == "today" else f"{standing} {definition[:8]}".strip()
            cells = [scenario, f"{sum(count.count for count in of_definition):,}", states]
            yield row(*cells, *((version,) if with_definition else ()))


def _outbox(store: StoreFacts) -> Iterator[Block]:
    if not store.outbox:
        yield Paragraph("The outbox is empty.")
        return
    present = Counter[str]()
    for (_, status), count in store.outbox.items():
        present[status] += count
    statuses = [status for status in (*STATUSES, *sorted(present.keys() - {*STATUSES})) if present[status]]
    channels = sorted({channel for channel, _ in store.outbox})
    updates = f"and {plural(store.updates, 'changed attribute')}" if store.updates else ""
    yield Heading(3, "Outbox", updates)
    yield Grid(
        ("channel", *statuses),
        tuple(
            row(channel, *(_number(store.outbox.get((channel, status), 0)) for status in statuses))
            for channel in channels
        ),
    )
    if store.failures:
        answers = ((failure.channel, masked(failure.answer), f"{failure.count:,}") for failure in store.failures)
        yield Heading(3, "Failed")
        yield Grid(("channel", "last answer", "messages"), tuple(row(*cells) for cells in answers))


def _number(count: int) -> str:
    return f"{count:,}" if count else ""
