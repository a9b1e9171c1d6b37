"""Searches and bookings of trips, and events of the app on the way to the airport and home again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import cos, hypot, radians

from tests.sample.catalogue import AIRPORTS, Airport
from tests.sample.consent import identify, unsubscribe
from tests.sample.diary import Diary
from tests.sample.people import LAST_DAY
from tests.sample.shopping import HOUR, MINUTE

DAY = 24 * HOUR
BY_CODE = {airport.iata: airport for airport in AIRPORTS}
HOME = {
    "Europe/Paris": ("CDG", "CDG", "ORY", "LYS"),
    "Europe/Brussels": ("BRU",),
    "Europe/London": ("LHR",),
    "America/New_York": ("JFK",),
    "America/Toronto": ("YYZ",),
    "Asia/Tokyo": ("HND",),
    "Indian/Reunion": ("RUN",),
    "Europe/Madrid": ("MAD",),
}

# Sequels of a search, in percent.
AFTER_SEARCH = {"books_at_once": 12, "books_soon": 16, "compares": 18, "comes_back": 14, "dreams_on": 10, "left": 30}


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip in a search. `price` in whole euros, for each traveller."""

    origin: Airport
    destination: Airport
    departs: date
    returns: date | None
    travellers: int
    price: int


def tell(diary: Diary) -> None:
    person = diary.person
    if diary.chance(0.10):
        for _ in range(diary.rng.choices((1, 2, 3), weights=(60, 28, 12))[0]):
            day = person.joins + timedelta(days=diary.rng.randrange((LAST_DAY - person.joins).days + 1))
            if person.awake(day):
                search_and_decide(diary, day)
    if person.profile["push_token"] and diary.chance(0.02):
        work_at_the_airport(diary)


def search_and_decide(diary: Diary, day: date) -> None:
    """A search for a trip on a visit, and its sequel."""
    rng = diary.rng
    trip = plan_trip(diary, day)
    at = search(diary, visit_agency(diary, diary.moment(day)), trip)
    sequel = rng.choices(list(AFTER_SEARCH), weights=list(AFTER_SEARCH.values()))[0]
    if sequel == "books_at_once":
        book(diary, diary.later(at, 4 * MINUTE, 17 * MINUTE), trip)
    elif sequel == "books_soon":
        book(diary, diary.later(at, 30 * MINUTE, 44 * HOUR), trip)
    elif sequel == "compares":
        for _ in range(rng.choice((1, 1, 2))):
            trip = elsewhere(diary, trip)
            at = search(diary, diary.later(at, 1.5 * MINUTE, 15 * MINUTE), trip)
        if diary.chance(0.3):
            book(diary, diary.later(at, 30 * MINUTE, 3 * DAY), trip)
    elif sequel == "comes_back":
        for _ in range(rng.choice((1, 2))):
            at = search(diary, visit_agency(diary, diary.later(at, 20 * HOUR, 28 * HOUR)), trip)
        if diary.chance(0.35):
            book(diary, diary.later(at, 5 * MINUTE, 20 * HOUR), trip)
    elif sequel == "dreams_on":
        trip = elsewhere(diary, trip)
        at = search(diary, visit_agency(diary, diary.later(at, 2 * HOUR, 5 * DAY)), trip)
    elif diary.chance(0.04):
        unsubscribe(diary, diary.later(at, 40 * MINUTE, 20 * HOUR), channel="email")


def plan_trip(diary: Diary, day: date) -> Trip:
    """A random trip, mostly some weeks ahead; a few contacts want a seat today or tomorrow."""
    rng = diary.rng
    origin = BY_CODE[rng.choice(HOME[diary.person.timezone(day)])]
    destination = rng.choice([airport for airport in AIRPORTS if airport.city != origin.city])
    departs = day + timedelta(days=rng.choice((0, 1, 1)) if diary.chance(0.08) else rng.randrange(6, 75))
    returns = departs + timedelta(days=rng.randrange(2, 12)) if diary.chance(0.85) else None
    fare = 45 + 0.06 * kilometres(origin, destination) * (0.8 + 0.6 * rng.random())
    return Trip(origin, destination, departs, returns, rng.choice((1, 1, 2, 2, 2, 3, 4)), round(fare))


def elsewhere(diary: Diary, trip: Trip) -> Trip:
    """A trip on the same days to another place."""
    away = [airport for airport in AIRPORTS if airport.city not in (trip.origin.city, trip.destination.city)]
    destination = diary.rng.choice(away)
    fare = 45 + 0.06 * kilometres(trip.origin, destination) * (0.8 + 0.6 * diary.rng.random())
    return replace(trip, destination=destination, price=round(fare))


def visit_agency(diary: Diary, at: datetime) -> datetime:
    """A visit to the pages of the agency. Returns the earliest instant for the results of a search."""
    device = diary.rng.choices(("mobile", "desktop", "app"), weights=(45, 35, 20))[0]
    diary.record(at, "session_started", device=device, source=diary.rng.choice(("direct", "search")))
    return diary.later(at, 40, 4 * MINUTE)


def search(diary: Diary, at: datetime, trip: Trip) -> datetime:
    properties: dict[str, object] = {
        "origin": trip.origin.iata,
        "destination": trip.destination.iata,
        "departs_on": trip.departs.isoformat(),
    }
    if trip.returns is not None:
        properties["returns_on"] = trip.returns.isoformat()
    diary.record(at, "trip_searched", **properties, travellers=trip.travellers, price_from=trip.price)
    return at


def book(diary: Diary, at: datetime, trip: Trip) -> None:
    """A booking, if there is still time; some contacts check the price of the trip again afterwards."""
    if at.date() >= trip.departs:
        return
    if not diary.identified:
        identify(diary, diary.later(at, -4 * MINUTE, -60), optin=diary.person.profile["email_optin"])
    diary.record_in_back_office(
        at,
        "trip_booked",
        booking_id=f"b{diary.person.number:04d}{sum(event.name == 'trip_booked' for event in diary.events) + 1}",
        origin=trip.origin.iata,
        destination=trip.destination.iata,
        departs_on=trip.departs.isoformat(),
        total=trip.price * trip.travellers,
    )
    if diary.chance(0.2):
        second_visit = visit_agency(diary, diary.later(at, 1 * DAY, 5 * DAY))
        if second_visit.date() < trip.departs:
            search(diary, second_visit, replace(trip, price=trip.price + diary.rng.randrange(-20, 30)))
    if diary.person.profile["push_token"] and diary.chance(0.8):
        travel(diary, trip)


def travel(diary: Diary, trip: Trip) -> None:
    """The flights there and back, with the app on the phone. It reports nothing in the air."""
    fly(diary, diary.local(trip.departs, diary.rng.randrange(6, 20), diary.rng.randrange(60)), trip)
    if trip.returns is not None:
        back = replace(trip, origin=trip.destination, destination=trip.origin)
        fly(diary, diary.local(trip.returns, diary.rng.randrange(8, 20), diary.rng.randrange(60)), back)


def fly(diary: Diary, at: datetime, trip: Trip) -> None:
    """Positions on the road to the airport, perhaps in the lounge, and out of the airport of arrival."""
    rng = diary.rng
    report(diary, diary.later(at, -45 * MINUTE, -20 * MINUTE), trip.origin, rng.uniform(9, 28))
    report(diary, at, trip.origin, rng.uniform(0.1, 1.6))
    if diary.chance(0.5):
        report(diary, diary.later(at, 16 * MINUTE, 30 * MINUTE), trip.origin, rng.uniform(0.3, 1.9))
    # Some contacts know the lounge; a push brings some more.
    if diary.chance(0.24 if diary.person.profile["push_optin"] else 0.06):
        entered = diary.later(at, 14 * MINUTE, 50 * MINUTE)
        diary.record_in_back_office(entered, "lounge_visited", airport=trip.origin.iata, price=25)
    landed = diary.later(at, 2 * HOUR, 2.5 * HOUR) + timedelta(hours=kilometres(trip.origin, trip.destination) / 800)
    report(diary, landed, trip.destination, rng.uniform(0.1, 1.6))
    report(diary, diary.later(landed, 35 * MINUTE, 70 * MINUTE), trip.destination, rng.uniform(8, 25))


def work_at_the_airport(diary: Diary) -> None:
    """Some weeks with two shifts each; in some shifts the contact uses the app, which reports its position."""
    person, rng = diary.person, diary.rng
    home = BY_CODE[HOME[person.timezone(person.joins)][0]]
    first = person.joins + timedelta(days=rng.randrange(60, 350))
    for week in range(7):
        for weekday in (1, 4):
            day = first + timedelta(days=7 * week + weekday)
            if person.awake(day) and diary.chance(0.7):
                at = diary.local(day, rng.choice((7, 9, 12, 14)), rng.randrange(60))
                report(diary, diary.later(at, -40 * MINUTE, -18 * MINUTE), home, rng.uniform(8, 16))
                report(diary, at, home, rng.uniform(0.1, 1.5))


def report(diary: Diary, at: datetime, airport: Airport, away: float) -> None:
    """A position at a distance in kilometres from the lounge, in a random direction."""
    east, north = diary.rng.uniform(-1, 1), diary.rng.uniform(-1, 1)
    length = hypot(east, north) or 1.0
    lat = airport.lat + north / length * away / 111.2
    lon = airport.lon + east / length * away / (111.2 * cos(radians(airport.lat)))
    diary.record(at, "position_reported", lat=round(lat, 4), lon=round(lon, 4), airport=airport.iata)


def kilometres(origin: Airport, destination: Airport) -> float:
    """The approximate distance: exact enough for a fare and the hours of a flight."""
    east = abs(origin.lon - destination.lon)
    east = min(east, 360 - east) * cos(radians((origin.lat + destination.lat) / 2))
    return 111.2 * hypot(east, origin.lat - destination.lat)
