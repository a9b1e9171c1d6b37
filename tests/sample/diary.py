"""One contact's diary: instants on the contact's clock, events with their properties."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.sample.people import Person

# Shares of a day's visits by hour, from midnight: lunch, the evening, and a little of the night.
SHOPPING_HOURS = (3, 2, 1, 1, 1, 1, 2, 4, 6, 7, 8, 8, 11, 9, 7, 7, 7, 9, 11, 13, 16, 17, 12, 6)
NIGHT_HOURS = (16, 14, 9, 5, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4, 6, 9, 14, 18)
WORKING_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 9, 14, 14, 11, 5, 7, 12, 12, 10, 7, 4, 2, 2, 2, 1, 0)


@dataclass(frozen=True, slots=True)
class Event:
    """An event. `back_office`: its system writes whole seconds with the offset of Paris."""

    at: datetime
    contact_id: str
    name: str
    properties: dict[str, object]
    back_office: bool = False


@dataclass(slots=True)
class Diary:
    """One contact's events so far, in no order, with the random numbers that decide the next."""

    person: Person
    rng: Random
    events: list[Event] = field(default_factory=list)
    carts: int = 0
    orders: int = 0
    identified: bool = False  # the shop knows the address
    agreed_to_email: bool = False
    opted_out: bool = False

    def record(self, at: datetime, name: str, /, **properties: object) -> None:
        self.events.append(Event(at, self.person.contact_id, name, properties))

    def record_in_back_office(self, at: datetime, name: str, /, **properties: object) -> None:
        whole = at.replace(microsecond=0)
        self.events.append(Event(whole, self.person.contact_id, name, properties, back_office=True))

    def moment(self, day: date, hours: tuple[int, ...] | None = None) -> datetime:
        """A random instant of a day on the contact's clock, as UTC."""
        if hours is None:
            hours = NIGHT_HOURS if self.person.night_owl else SHOPPING_HOURS
        hour = self.rng.choices(range(24), weights=hours)[0]
        return self.local(day, hour, self.rng.randrange(60), self.rng.randrange(60))

    def local(self, day: date, hour: int, minute: int, second: int = 0, *, fold: int = 0) -> datetime:
        """The instant of a time on the contact's clock, with random milliseconds like a browser's."""
        wall = time(hour, minute, second, self.rng.randrange(1000) * 1000, fold=fold)
        zone = ZoneInfo(self.person.timezone(day))
        return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)

    def later(self, at: datetime, least: float, most: float) -> datetime:
        """A random instant between `least` and `most` seconds after `at`."""
        milliseconds = self.rng.randrange(int(least * 1000), int(most * 1000))
        return at + timedelta(milliseconds=milliseconds)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share
