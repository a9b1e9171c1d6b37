"""Writes the sample log of `scenarios/`, the same bytes every time: `python -m tests.sample.generate`."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from tests.sample.campaigns import download_paper, sign_up
from tests.sample.consent import move, tidy_account, unsubscribe
from tests.sample.diary import Diary, Event
from tests.sample.people import LAST_DAY, PROFILE_COLUMNS, Person, make_people
from tests.sample.shopping import fill_cart, make_wish_list, order_by_telephone, visit
from tests.sample.stories import STORIES, announcements
from tests.sample.tables import write_tables

SEED = 20240201
COUNT = 1000
PROJECT = Path(__file__).resolve().parents[2] / "scenarios"
BACK_OFFICE = ZoneInfo("Europe/Paris")
# Between these, dates lie in February 2024 to February 2025 both in UTC and in Paris.
BEGIN = datetime(2024, 2, 1, tzinfo=UTC)
END = datetime(2025, 3, 1, tzinfo=BACK_OFFICE).astimezone(UTC)

# Factor of visits by month: gifts before Christmas, holidays in August.
SEASON = {1: 1.0, 2: 0.95, 3: 1.0, 4: 1.0, 5: 1.0, 6: 0.95, 7: 0.85, 8: 0.7, 9: 1.05, 10: 1.05, 11: 1.4, 12: 1.35}
CLOCKS_GO_FORWARD, CLOCKS_GO_BACK = date(2024, 3, 31), date(2024, 10, 27)  # in Europe


def main() -> None:
    write_sample(PROJECT)


def write_sample(project: Path) -> None:
    """Writes `data/events.jsonl.gz`, `data/contacts.csv` and the reference tables into the project's folder."""
    people = make_people(SEED, COUNT)
    data = project / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "events.jsonl.gz").write_bytes(compress(render_events(make_events(people))))
    (data / "contacts.csv").write_bytes(render_contacts(people))
    write_tables(project / "tables")


def make_events(people: Iterable[Person]) -> list[Event]:
    """All events of all contacts within the thirteen months, in order of time."""
    events = [event for person in people for event in live(person) if BEGIN <= event.at < END]
    events += announcements()
    # The sort is stable: a contact's events at one instant keep their order.
    return sorted(events, key=lambda event: event.at)


def live(person: Person) -> list[Event]:
    """The events of one contact in thirteen months, day by day."""
    diary = Diary(person, Random(f"{SEED}/life/{person.number}"))
    diary.identified = person.is_known
    diary.agreed_to_email = person.is_known and bool(person.profile["email"] and person.profile["email_optin"])
    move(diary)
    day = person.joins
    while day <= LAST_DAY:
        if person.awake(day):
            spend_day(diary, day)
        elif diary.chance(0.003):
            visit(diary, diary.moment(day))  # silent contacts visit now and then, too
        day += timedelta(days=1)
    tire_of_us(diary)
    stay_up_late(diary)
    for name, tell in STORIES.items():
        # Each story has its own random numbers: a change of one leaves the others as they are.
        diary.rng = Random(f"{SEED}/{name}/{person.number}")
        tell(diary)
    return diary.events


def spend_day(diary: Diary, day: date) -> None:
    person, habit = diary.person, diary.person.habit
    if day == person.reads_paper:
        download_paper(diary, day)
    if day == person.signs_up:
        sign_up(diary, day)
    if day in (person.last_order, person.comes_back):
        coupon = "COMEBACK15" if day == person.comes_back and diary.chance(0.5) else None
        fill_cart(diary, visit(diary, diary.moment(day)), fate="at_once", coupon=coupon)
    elif diary.chance(habit.visits / 30 * SEASON[day.month]) or (day == person.joins and not person.is_known):
        left_at = visit(diary, diary.moment(day))
        if diary.chance(habit.carts):
            fill_cart(diary, left_at)
        elif diary.chance(0.03):
            make_wish_list(diary, left_at)
        elif diary.chance(0.007):
            unsubscribe(diary, left_at)
    if diary.chance(habit.keenness * 0.00015):
        order_by_telephone(diary, diary.local(day, 11 + diary.rng.randrange(6), diary.rng.randrange(60)))
    if diary.chance(0.00025):
        tidy_account(diary, day)


def tire_of_us(diary: Diary) -> None:
    """Some contacts unsubscribe when we write to them after six silent months."""
    person = diary.person
    if person.last_order is not None and person.comes_back is None and diary.chance(0.10):
        unsubscribe(diary, diary.moment(person.last_order + timedelta(days=185 + diary.rng.randrange(60))))


def stay_up_late(diary: Diary) -> None:
    """Some contacts shop in the two nights of Europe's clock changes, around the skipped or repeated hour."""
    number = diary.person.number
    if not diary.person.is_known or diary.person.last_order is not None or number % 30:
        return
    minute = 5 + number // 30 % 5 * 11
    fill_cart(diary, visit(diary, diary.local(CLOCKS_GO_FORWARD, 1, minute)), fate="left")
    second_hour = diary.local(CLOCKS_GO_BACK, 2, minute, fold=number // 30 % 2)
    fill_cart(diary, visit(diary, second_hour), fate="just_in_time" if number % 60 else "left")


def render_events(events: Iterable[Event]) -> bytes:
    """Events as JSON, one object a line. Ids count each contact's events, so they stay short and never collide.

    Broadcasts have no contact.
    """
    numbers: dict[str, int] = {}
    lines = []
    for event in events:
        number = numbers[event.contact_id] = numbers.get(event.contact_id, 0) + 1
        row = {
            "event_id": f"{event.contact_id or 'all'}-{number:04d}",
            "contact_id": event.contact_id or None,
            "event": event.name,
            "timestamp": timestamp(event),
            "properties": event.properties,
        }
        lines.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines).encode()


def timestamp(event: Event) -> str:
    """The timestamp in its system's form: the site in UTC with milliseconds, the back office on the clock of Paris."""
    if event.back_office:
        return event.at.astimezone(BACK_OFFICE).isoformat(timespec="seconds")
    return event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def render_contacts(people: Iterable[Person]) -> bytes:
    """The contacts as known on the first day; without `updated_at`, they are valid from the start.

    Contacts who subscribe later in the log have no consent to e-mail yet.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("contact_id", *PROFILE_COLUMNS))
    for person in people:
        if person.is_known:
            writer.writerow((person.contact_id, *(cell(person.profile[name]) for name in PROFILE_COLUMNS)))
    return text.getvalue().encode()


def cell(value: str | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def compress(data: bytes) -> bytes:
    """Gzip data without the time and the file name in its header."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=9) as file:
        file.write(data)
    return packed.getvalue()


if __name__ == "__main__":
    main()
