"""One contact of a store, in the words of the project: journeys, due actions, the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario_cli.engine.calendar import zone
from scenario_cli.engine.plain_values import event_of, value_of
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.encoding import decoded, decoded_value
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.forgetting import forgotten_in
from scenario_cli.hosts.store.names import Names
from scenario_cli.hosts.store.plan_rows import read_row
from scenario_cli.model.diagnostic import nearest
from scenario_cli.model.store_facts import ArmedTrigger, ContactFacts, OutboxEntry
from scenario_cli.model.story import Waiting

_ENTRY = "SELECT run, row, status, answer, changed_at FROM outbox WHERE contact = ? ORDER BY id DESC LIMIT ?"


def contact_facts(store: Store, contact: str, names: Names, timezone: str, rows: int) -> ContactFacts:
    """The store's facts about a contact, with its last `rows` of the outbox.

    `timezone` is the project's, for a contact without a zone of its own. Raises `StoreError` if the contact is unknown,
    or its state cannot be read.
    """
    stored = store.execute("SELECT state, next_due FROM contacts WHERE contact = ?", (contact,)).fetchone()
    kept_inputs = list(_kept_inputs(store, contact))
    if stored is None and not kept_inputs:
        raise no_contact(store, contact)
    values = state_of(store, contact, stored[0]) if stored is not None else {}
    profile = value_of(values.get("profile", {}))
    own_zone = profile.get("timezone")
    journeys = values.get("journeys", ())
    segments = [name for name, (_, inside, _) in values.get("segments", {}).get("members", {}).items() if inside]
    entries = store.execute(_ENTRY, (contact, rows)).fetchall()[::-1]
    return ContactFacts(
        contact_id=contact,
        file=str(store.path),
        project=store.meta("project"),
        known_at=values.get("known_at"),
        last_input=values["now"] if values.get("known_at") is not None else None,
        timezone=own_zone if isinstance(own_zone, str) and zone(own_zone) is not None else timezone,
        profile=profile,
        next_due=stored[1] if stored is not None else None,
        journeys=[_waiting(journey, names) for journey in journeys if not journey.get("ended")],
        ended=sum(bool(journey.get("ended")) for journey in journeys),
        triggers=sorted(_armed(values, names), key=lambda trigger: (trigger.due, trigger.scenario)),
        segments=sorted(names.segments[name] for name in segments if name in names.segments),
        unnamed_segments=sum(name not in names.segments for name in segments),
        entries=[(entry[0], entry[5]) for entry in values.get("waiting", ())],
        kept_inputs=kept_inputs,
        rows=[OutboxEntry(run, read_row(row), *life) for run, row, *life in entries],
        row_count=int(store.value("SELECT count(*) FROM outbox WHERE contact = ?", (contact,))),
    )


def state_of(store: Store, contact: str, data: bytes) -> dict[str, Any]:
    """A contact's snapshot. Raises `StoreError` if the bytes are not a state."""
    try:
        return decoded(store.states.unpacked(data))
    except Exception:  # damaged bytes can decode to anything
        raise StoreError(
            f"the state of {contact} cannot be read", "find all damaged parts with 'scenario state check'"
        ) from None


def no_contact(store: Store, contact: str) -> StoreError:
    """The error about a contact without data in the store."""
    if contact in forgotten_in(store):
        return StoreError(f"{contact} was forgotten; {store.path} has no data about them")
    near = [
        name
        for query in (
            "SELECT contact FROM contacts WHERE contact >= ? ORDER BY contact LIMIT 20",
            "SELECT contact FROM contacts WHERE contact < ? ORDER BY contact DESC LIMIT 20",
        )
        for (name,) in store.execute(query, (contact,))
    ]
    close = nearest(contact, near)
    hint = f"did you mean '{close}'?" if close is not None else "no similar id exists"
    return StoreError(f"{store.path} has no contact '{contact}'", hint)


def _kept_inputs(store: Store, contact: str) -> Iterator[tuple[int, str]]:
    """The inputs kept for later runs: the name of an event, or a note that it is a row of the contacts table."""
    for at, kind, content in store.execute(
        "SELECT at, kind, content FROM kept WHERE contact = ? ORDER BY at, id", (contact,)
    ):
        event = event_of(decoded_value(content)) if kind == "event" else None
        yield at, event.name if event is not None else "a row of the contacts table"


def _waiting(journey: Mapping[str, Any], names: Names) -> Waiting:
    messages = sorted(names.held(journey), key=lambda message: message[1])
    requested_at = [at for at, _ in journey.get("held", {}).values()]
    return Waiting(
        journey["scenario"],
        journey["id"],
        value_of(journey.get("key")),
        journey["state"],
        min(requested_at) if requested_at else journey["waits_from"],
        tuple(sorted(names.waits(journey), key=lambda wait: wait[2])),
        tuple(messages),
    )


def _armed(values: Mapping[str, Any], names: Names) -> Iterator[ArmedTrigger]:
    for scenario, triggers in values.get("triggers", {}).items():
        for name, (due, *_) in triggers.items():
            if due is not None:
                yield ArmedTrigger(scenario, names.triggers.get((scenario, name), ""), due)
    for scenario, absences in values.get("absences", {}).items():
        for name, armed in absences.items():
            for _, due, _ in armed:
                yield ArmedTrigger(scenario, names.triggers.get((scenario, name), ""), due)
