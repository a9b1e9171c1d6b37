"""Facts about an event export, event by event and property by property. Reads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from scenario_cli.model.export import Unusable
from scenario_cli.model.value_class import dataclass

# The look of one value. `date` and `datetime` are texts in that form.
ValueKind = Literal["string", "integer", "number", "boolean", "date", "datetime", "array", "object"]

DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class NestedFacts:
    """Content of arrays and objects, from a sample of them.

    `elements` counts the elements of arrays by kind; `objects` is the number of objects read, the values themselves or
    elements of arrays, and `fields` counts for each of their keys the values by kind.
    """

    elements: Mapping[ValueKind, int]
    objects: int
    fields: Mapping[str, Mapping[ValueKind, int]]


@dataclass(frozen=True, slots=True)
class PropertyFacts:
    """The values of one property of one event. Instants are microseconds since 1970 UTC.

    `filled` rows have a value; `kinds` counts the values without a declared type by their form. `distinct` is an
    estimate if the inspection is `estimated` and `values` is empty; `values` are all of them with their counts, most
    frequent first, if they are few. `examples` are values as texts. `misfits` of the values are not of the declared
    type, and `misfit` is one of them. `first` and `last` are the instants of the first and last row with a value, and
    `rows_since` the rows of the event after that last one. `recent` and `before` count filled rows of the two windows.
    `nested` shows the content of arrays and objects.
    """

    name: str
    filled: int
    kinds: Mapping[ValueKind, int]
    distinct: int
    values: tuple[tuple[str, int], ...] = ()
    examples: tuple[str, ...] = ()
    smallest: str | None = None
    largest: str | None = None
    misfits: int = 0
    misfit: str = ""
    first: int | None = None
    last: int | None = None
    rows_since: int = 0
    recent: int = 0
    before: int = 0
    nested: NestedFacts | None = None


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event, or the rows of the contacts table.

    `days` are the days on the inspection's clock with rows, with the number of rows. `duplicates` are rows that equal
    an earlier one in everything; `repeated_ids` have the event id, contact and instant of an earlier row. `more` counts
    the properties that were not read, because there are too many.
    """

    name: str
    rows: int
    contacts: int
    properties: tuple[PropertyFacts, ...]
    first: int | None = None
    last: int | None = None
    days: tuple[tuple[str, int], ...] = ()
    duplicates: int = 0
    repeated_ids: int = 0
    recent: int = 0
    before: int = 0
    more: int = 0

    def property(self, name: str) -> PropertyFacts | None:
        return next((property_ for property_ in self.properties if property_.name == name), None)


@dataclass(frozen=True, slots=True)
class Windows:
    """The last days of an export, and those before to hold them against, in microseconds since 1970 UTC.

    The recent one covers (`recent_from`, the export's last instant], the other (`before_from`, `recent_from`].
    """

    recent_from: int
    before_from: int

    def share(self, last: int) -> float:
        """Length of the recent window, as a share of the one before."""
        return (last - self.recent_from) / (self.recent_from - self.before_from)


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """The addresses in one attribute, by the profiles at the end of the export.

    `contacts` have a value; `invalid` of them are not addresses of the `kind`, `email` or `phone`, so that messages to
    them are dropped; `doubtful` can be sent to, and hardly arrive. `shared` addresses belong to several contacts,
    `sharing` in number. `examples` are some of the invalid and doubtful values.
    """

    attribute: str
    kind: str
    contacts: int
    invalid: int
    doubtful: int
    shared: int
    sharing: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """All contacts of an export, their addresses, and the number without consent: `without_consent` have no attribute
    of `consents` that is true; None if there is no such attribute.
    """

    contacts: int
    addresses: tuple[AddressFacts, ...]
    consents: tuple[str, ...] = ()
    without_consent: int | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """An export as it is. rows = the rows of `events` and `others` + unusable rows.

    `others` are event names after the most frequent ones, with their rows; `unfilled` are columns without a single
    value. `forms` counts the usable rows by the form of their timestamp, `hours` by hour on the clock of `timezone`, 0
    to 23; `midnight` of them are exactly at midnight. `typed` shows whether the files give values types of their own;
    CSV does not. `own_clock`: the files are from a tool with a known clock. `estimated`: the numbers of many distinct
    values are estimates, to a few per cent.
    """

    files: tuple[str, ...]
    timezone: str
    rows: int
    contacts: int
    events: tuple[EventFacts, ...]
    others: tuple[tuple[str, int], ...]
    first: int | None
    last: int | None
    unusable: tuple[Unusable, ...]
    forms: Mapping[str, int]
    hours: tuple[int, ...]
    midnight: int
    windows: Windows | None
    typed: bool
    estimated: bool
    own_clock: bool = False
    unfilled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    contacts_table: EventFacts | None = None
    contacts_unusable: tuple[Unusable, ...] = ()
    reach: ContactFacts | None = None

    def event(self, name: str) -> EventFacts | None:
        return next((event for event in self.events if event.name == name), None)

    @property
    def used(self) -> int:
        return sum(event.rows for event in self.events)
