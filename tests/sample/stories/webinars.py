"""Webinars of Vanneau Pro: seats, attendance, a moved webinar, a cancelled webinar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.sample.campaigns import book_demo
from tests.sample.diary import Diary, Event
from tests.sample.people import LAST_DAY
from tests.sample.shopping import HOUR, MINUTE
from tests.sample.stories.desk import fill_in_form, in_working_hours, local_day

DAY = 24 * HOUR
PARIS = ZoneInfo("Europe/Paris")

# Times of registration: seconds before the webinar, from and to, and percent. The last are too late.
LEADS = ((4 * DAY, 20 * DAY, 52), (DAY, 4 * DAY, 27), (2 * HOUR, DAY, 12), (5 * MINUTE, HOUR, 6), (-20 * HOUR, 0, 3))


@dataclass(frozen=True, slots=True)
class Webinar:
    """A webinar. `starts` is on the clock of Paris. `moved`: the instant of the announcement, and the new start."""

    number: str
    title: str
    title_fr: str
    host: str
    starts: datetime
    moved: tuple[datetime, datetime] | None = None
    cancelled: datetime | None = None

    @property
    def begins(self) -> datetime:
        """The final start."""
        return self.moved[1] if self.moved is not None else self.starts

    def announced(self, at: datetime) -> datetime:
        """The start as announced at an instant."""
        return self.moved[1] if self.moved is not None and at >= self.moved[0] else self.starts


def paris(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


WEBINARS = (
    Webinar(
        "wb2024-03", "Fourteen rooms in seven weeks", "Quatorze chambres en sept semaines",
        "Hannah Cole", paris(2024, 3, 14, 14),
    ),
    Webinar(
        "wb2024-05", "Lighting a dining room", "Éclairer une salle à manger",
        "Inès Duval", paris(2024, 5, 16, 14), moved=(paris(2024, 5, 13, 11, 20), paris(2024, 5, 21, 10)),
    ),
    Webinar(
        "wb2024-06", "Buying for clients without losing the overview", "Acheter pour ses clients sans s’y perdre",
        "Paul Mercier", paris(2024, 6, 18, 14),
    ),
    Webinar(
        "wb2024-09", "Textiles that survive a hotel laundry", "Des textiles qui résistent à la blanchisserie",
        "Hannah Cole", paris(2024, 9, 19, 14), cancelled=paris(2024, 9, 18, 16, 40),
    ),
    Webinar(
        "wb2024-10", "Textiles that survive a hotel laundry", "Des textiles qui résistent à la blanchisserie",
        "Hannah Cole", paris(2024, 10, 10, 14),
    ),
    Webinar(
        "wb2024-11", "Three budgets for a guest house", "Trois budgets pour une maison d’hôtes",
        "Paul Mercier", paris(2024, 11, 14, 14), moved=(paris(2024, 11, 14, 12, 50), paris(2024, 11, 15, 11)),
    ),
    Webinar(
        "wb2025-01", "Reopening in spring", "Rouvrir au printemps",
        "Inès Duval", paris(2025, 1, 23, 14),
    ),
    Webinar(
        "wb2025-03", "What clients ask first", "Les premières questions des clients",
        "Paul Mercier", paris(2025, 3, 6, 14),
    ),
)  # fmt: skip


def take_seats(diary: Diary) -> None:
    person = diary.person
    professional = person.kind == "professional"
    if person.profile["email"] is None:
        return  # the form needs it
    for webinar in WEBINARS:
        if diary.chance(0.13 if professional else 0.004):
            (lead,) = diary.rng.choices(LEADS, weights=[share for _, _, share in LEADS])
            at = diary.later(webinar.announced(webinar.starts).astimezone(UTC), -lead[1], -lead[0])
            take_seat(diary, webinar, at)


def take_seat(diary: Diary, webinar: Webinar, at: datetime) -> None:
    if not diary.person.awake(at.date()) or at.date() > LAST_DAY:
        return
    if webinar.cancelled is not None and at >= webinar.cancelled:
        return
    fill_in_form(diary, diary.later(at, -2, -0.2), agrees=0.6)
    french = str(diary.person.profile["locale"]).startswith("fr")
    properties = {
        "webinar_id": webinar.number,
        "title": webinar.title_fr if french else webinar.title,
        "starts_at": webinar.announced(at).isoformat(timespec="seconds"),
        "join_url": f"https://video.example.com/{webinar.number}",
        "host": webinar.host,
    }
    diary.record(at, "webinar_registered", **properties)
    if diary.chance(0.04):  # the form is sent twice
        diary.record(diary.later(at, MINUTE, 2 * DAY), "webinar_registered", **properties)
    if webinar.cancelled is None and at < webinar.begins + timedelta(minutes=20):
        follow(diary, webinar)


def follow(diary: Diary, webinar: Webinar) -> None:
    """The contact's attendance and its sequel; a moved date keeps some contacts away."""
    begins = webinar.begins.astimezone(UTC)
    attends = diary.chance(0.38 if webinar.moved else 0.47)
    if attends:
        minutes = diary.rng.choice((12, 25, 38, 41, 44, 45, 45))
        at = diary.later(begins + timedelta(minutes=45), 20, 400)
        diary.record(at, "webinar_attended", webinar_id=webinar.number, minutes=minutes)
    elif diary.chance(0.3):
        day = local_day(diary, begins) + timedelta(days=diary.rng.choice((1, 1, 2, 4)))
        diary.record(in_working_hours(diary, day), "video_watched", video=webinar.number)
    booked = any(event.name == "demo_booked" for event in diary.events)
    if not booked and diary.chance(0.16 if attends else 0.06):
        book_demo(diary, begins, 21, 150)


def announcements() -> list[Event]:
    """Moved and cancelled webinars, announced as broadcasts."""
    invited = []
    for webinar in WEBINARS:
        if webinar.moved is not None:
            at, starts = webinar.moved
            properties: dict[str, object] = {
                "webinar_id": webinar.number,
                "starts_at": starts.isoformat(timespec="seconds"),
            }
            invited.append(Event(at.astimezone(UTC), "", "webinar_moved", properties))
        if webinar.cancelled is not None:
            cancelled: dict[str, object] = {"webinar_id": webinar.number}
            invited.append(Event(webinar.cancelled.astimezone(UTC), "", "webinar_cancelled", cancelled))
    return invited
