"""Checks a store: the file, each contact's state, and whether its tables agree with each other. Changes nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.due import next_due
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.hosts.store.database import Store, translated
from scenario_cli.hosts.store.encoding import decoded, decoded_value, encoded
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.plan_rows import read_row
from scenario_cli.hosts.store.tallies import running_journeys, saved_running
from scenario_cli.model.store_facts import StoreCheck, StoreFinding

Progress = Callable[[str, int, int | None], None]

_MOST_EXAMPLES = 5
_MOST_FAULTS = 20  # of the file
_AT_ONCE = 500  # states in memory


class _Findings:
    """Findings, each once with its count."""

    def __init__(self) -> None:
        self.by_message: dict[tuple[str, str], StoreFinding] = {}

    def add(self, check: str, message: str, example: str = "") -> None:
        finding = self.by_message.get((check, message))
        if finding is None:
            finding = self.by_message[check, message] = StoreFinding(check, message, 0)
        finding.count += 1
        if example and len(finding.examples) < _MOST_EXAMPLES:
            finding.examples.append(example)


def check_store(
    store: Store, program: Program | None, not_compared: str = "", progress: Progress | None = None
) -> StoreCheck:
    """Checks everything in a store. With the `program` of its states, also whether they continue unchanged.

    `not_compared` is the reason why there is no program.
    """
    findings = _Findings()
    contacts = 0
    try:
        for (answer,) in store.execute(f"PRAGMA integrity_check({_MOST_FAULTS})"):
            if answer != "ok":
                findings.add("file", str(answer))
        if not findings.by_message:
            _check_tables(store, findings)
            contacts = _check_states(store, program, findings, progress)
    except (StoreError, sqlite3.Error) as error:
        fault = error if isinstance(error, StoreError) else translated(error, store.path)
        findings.add("file", fault.message)
    return StoreCheck(str(store.path), contacts, list(findings.by_message.values()), not_compared)


# Queries that must give no rows: the check, the fault, and the query for the rows with it.
_MUST_BE_EMPTY = (
    ("outbox", "a message of the outbox belongs to no run",
     "SELECT id FROM outbox WHERE run NOT IN (SELECT id FROM runs)"),
    ("outbox", "a message of the outbox is of a contact whom the store does not have",
     "SELECT id FROM outbox WHERE contact NOT IN (SELECT contact FROM contacts)"),
    ("attempts", "an attempt belongs to no message of the outbox",
     "SELECT id FROM attempts WHERE outbox NOT IN (SELECT id FROM outbox)"),
    ("attempts", "a message is being handed over, and no attempt of it is open",
     "SELECT id FROM outbox WHERE status = 'attempting' "
     "AND id NOT IN (SELECT outbox FROM attempts WHERE ended IS NULL)"),
    ("inputs", "an input belongs to no run", "SELECT path FROM inputs WHERE run NOT IN (SELECT id FROM runs)"),
    ("totals", "a count belongs to no run",
     "SELECT DISTINCT run FROM totals WHERE run != 0 AND run NOT IN (SELECT id FROM runs)"),
    ("runs", "a run was cut off, and another has ended after it",
     "SELECT id FROM runs WHERE ended IS NULL AND id < (SELECT max(id) FROM runs)"),
    ("runs", "a run does not begin at the end of the one before it",
     "SELECT r.id FROM runs r WHERE r.clock IS NOT (SELECT b.until FROM runs b WHERE b.id < r.id ORDER BY b.id DESC "
     "LIMIT 1)"),
    ("kept", "an input that is kept for later is not after the clock",
     "SELECT contact FROM kept WHERE at <= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'clock') "
     "AND NOT EXISTS (SELECT 1 FROM runs WHERE ended IS NULL)"),
)  # fmt: skip


def _check_tables(store: Store, findings: _Findings) -> None:
    for check, message, query in _MUST_BE_EMPTY:
        for (example,) in store.execute(query):
            findings.add(check, message, str(example or "an event of everybody"))
    last = store.value("SELECT until FROM runs WHERE ended IS NOT NULL ORDER BY id DESC LIMIT 1")
    if store.clock != last:
        findings.add("clock", "the clock is not where the last run went to")
    for id_, row in store.execute("SELECT id, row FROM outbox"):
        try:
            read_row(row)
        except StoreError:
            findings.add("outbox", "a row of the outbox cannot be read", str(id_))
    for content in _unreadable(store, "SELECT contact, content FROM kept"):
        findings.add("kept", "an input that is kept for later cannot be read", content)
    for contact in _unreadable(store, "SELECT contact, listed FROM contacts WHERE listed IS NOT NULL"):
        findings.add("state", "the last row of the contacts table cannot be read", contact)


def _unreadable(store: Store, query: str) -> Iterator[str]:
    """The first value of the rows whose second value is not plain data."""
    for name, content in store.execute(query):
        try:
            decoded_value(store.states.unpacked(content))
        except Exception:
            yield str(name)


def _check_states(store: Store, program: Program | None, findings: _Findings, progress: Progress | None) -> int:
    """Looks at each contact's state, and counts the running journeys; gives the number of contacts."""
    running: Counter[tuple[str, str, str]] = Counter()
    count = int(store.value("SELECT count(*) FROM contacts"))
    done = 0
    for contact, data, due in store.execute("SELECT contact, state, next_due FROM contacts ORDER BY id"):
        try:
            unpacked = store.states.unpacked(data)
        except ValueError:
            findings.add("state", "the state cannot be read", contact)
        else:
            _check_state(contact, unpacked, due, program, findings, running)
        done += 1
        if progress is not None and not done % _AT_ONCE:
            progress("checking", done, count)
    if store.value("SELECT 1 FROM runs WHERE ended IS NULL") and store.clock is None:
        return done
    counted = running_journeys(store)
    texts = {definition for (definition,) in store.execute("SELECT definition FROM programs")}
    for scenario, definition in sorted({(scenario, definition) for scenario, definition, _ in counted}):
        if definition not in texts:
            message = f"journeys of {scenario} run on a definition whose text is not kept"
            findings.add("definitions", message, definition)
    for scenario, definition, state in sorted(running.keys() | counted.keys()):
        place = scenario, definition, state
        if running[place] != counted.get(place, 0):
            findings.add(
                "totals",
                f"{running[place]:,} journeys of {scenario} are in {state}, and {counted.get(place, 0):,} are counted",
            )
    return done


def _check_state(
    contact: str, data: bytes, due: int | None, program: Program | None, findings: _Findings,
    running: Counter[tuple[str, str, str]],
) -> None:  # fmt: skip
    try:
        values = decoded(data)
        running.update(
            {(name, definition, state): n for (name, definition, state, _), n in saved_running(values).items()}
        )
        same = encoded(values) == data
    except Exception:  # damaged bytes can decode to anything
        findings.add("state", "the state cannot be read", contact)
        return
    if not same:
        findings.add("state", "the state encodes to other bytes", contact)
    if values.get("contact") != contact:
        findings.add("state", "the state is another contact's", contact)
        return
    if program is None:
        return
    try:
        state = restore(program, values)
        again = decoded(encoded(save(program, state)))  # independent of the order of names in it
        instant = next_due(state)
    except Exception:
        findings.add("state", "the project's definitions cannot go on with the state", contact)
        return
    if again != values:
        findings.add("state", "the state is another once it is restored and saved", contact)
    if state.known_at is not None and instant != due:
        findings.add("next_due", "next_due is not the instant at which something is due", contact)
