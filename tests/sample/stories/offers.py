"""Offers of Vanneau Pro: talks, silence, questions, answers, won or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.sample.diary import Diary
from tests.sample.people import FIRST_DAY, LAST_DAY
from tests.sample.stories.desk import agrees_to_mail, fill_in_form, in_working_hours, local_day, next_day

PHONES = {"Inès Duval": "+33199001231", "Paul Mercier": "+33199001234", "Hannah Cole": "+33199001237"}
SUBJECTS = (
    ("Furnishing of 14 rooms", "Ameublement de 14 chambres"),
    ("Lamps for the dining room", "Luminaires de la salle à manger"),
    ("Linen for one season", "Linge pour une saison"),
    ("Flat of a client, three rooms", "Appartement d’un client, trois pièces"),
    ("Terrace of the restaurant", "Terrasse du restaurant"),
    ("Lobby and reception", "Hall et réception"),
)
# Answers about an offer, in percent: to a letter, and on the telephone.
BY_LETTER = {"current": 15, "postponed": 15, "bought_elsewhere": 8, "given_up": 6, "talks": 8, "": 48}
BY_PHONE = {"current": 16, "postponed": 20, "bought_elsewhere": 12, "given_up": 10, "talks": 14, "": 28}


@dataclass(frozen=True, slots=True)
class Offer:
    number: str
    amount: int


def negotiate(diary: Diary) -> None:
    """The offers of one professional: often one after a demo or a trial, else now and then, rarely two."""
    if diary.person.kind != "professional":
        return
    for opened in days_of_offers(diary):
        at = in_working_hours(diary, opened)
        if at.date() <= LAST_DAY and diary.person.awake(opened):
            open_offer(diary, at)


def days_of_offers(diary: Diary) -> list[date]:
    days = []
    demos = [event.at for event in diary.events if event.name == "demo_booked"]
    trials = [event.at for event in diary.events if event.name == "trial_started"]
    if demos and diary.chance(0.6):
        days.append(demos[0].date() + timedelta(days=diary.rng.randrange(6, 20)))
    elif trials and diary.chance(0.3):
        days.append(trials[0].date() + timedelta(days=diary.rng.randrange(8, 25)))
    elif diary.chance(0.24):
        days.append(FIRST_DAY + timedelta(days=diary.rng.randrange(5, 380)))
    if days and diary.chance(0.15):
        days.append(days[0] + timedelta(days=diary.rng.randrange(1, 60)))
    return days


def open_offer(diary: Diary, at: datetime) -> None:
    rng, profile = diary.rng, diary.person.profile
    fill_in_form(diary, diary.later(at, -400, -60), agrees=0.3)
    count = sum(event.name == "opportunity_opened" for event in diary.events)
    offer = Offer(f"q{diary.person.number:04d}{count + 1}", rng.randrange(9, 240) * 100)
    english, french = rng.choice(SUBJECTS)
    name = str(profile["sales_name"])
    diary.record(
        at,
        "opportunity_opened",
        opportunity_id=offer.number,
        subject=french if str(profile["locale"]).startswith("fr") else english,
        amount=offer.amount,
        salesperson=name,
        salesperson_email=profile["sales_email"],
        salesperson_phone=PHONES[name],
    )
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        at = talk(diary, offer, at, 3, 17)
    if diary.chance(0.25):
        close(diary, offer, at, won=diary.chance(0.55))
    else:
        lie(diary, offer, at, written=False)


def lie(diary: Diary, offer: Offer, since: datetime, *, written: bool) -> None:
    """Three weeks of silence about an offer: then a letter, if none was sent yet, and then a call."""
    day = next_day(local_day(diary, since) + timedelta(days=21))
    if not written and diary.person.profile["email"] and agrees_to_mail(diary, diary.local(day, 9, 30)) is not False:
        if hear(diary, offer, diary.local(day, 9, 30), BY_LETTER):
            return
        day = next_day(day + timedelta(days=7))
    if day <= LAST_DAY and diary.chance(0.75):
        hear(diary, offer, in_working_hours(diary, day + timedelta(days=diary.rng.randrange(4))), BY_PHONE)


def hear(diary: Diary, offer: Offer, question_at: datetime, shares: dict[str, int]) -> bool:
    """The contact's answer to a question; False if there is none."""
    reply = diary.rng.choices(list(shares), weights=list(shares.values()))[0]
    at = diary.later(question_at, 300, 4.5 * 24 * 3600 if shares is BY_LETTER else 900)
    if reply == "talks":
        going_on(diary, offer, talk(diary, offer, at, 0, 1))
    elif reply:
        answer(diary, offer, at, reply)
    return reply != ""


def answer(diary: Diary, offer: Offer, at: datetime, reply: str) -> None:
    properties: dict[str, object] = {"opportunity_id": offer.number, "answer": reply}
    until = at.date() + timedelta(days=diary.rng.randrange(25, 150))
    if reply == "postponed" and diary.chance(0.85):
        if diary.chance(0.06):
            until -= timedelta(days=365)  # the wrong year in the form
        properties["until"] = until.isoformat()
    diary.record(at, "opportunity_answered", **properties)
    if reply == "current":
        going_on(diary, offer, talk(diary, offer, at, 0, 2) if diary.chance(0.85) else at)
    elif reply != "postponed":
        if diary.chance(0.9):
            close(diary, offer, at, won=False)
    elif "until" in properties:
        back = next_day(max(until, local_day(diary, at) + timedelta(days=1)))
        if not hear(diary, offer, diary.local(back, 9, 30), BY_LETTER):
            hear(diary, offer, in_working_hours(diary, back + timedelta(days=7)), BY_PHONE)


def going_on(diary: Diary, offer: Offer, at: datetime) -> None:
    """Further talks: most offers are closed then, others are silent again."""
    if diary.chance(0.75):
        close(diary, offer, at, won=diary.chance(0.65))
    else:
        lie(diary, offer, at, written=True)


def talk(diary: Diary, offer: Offer, at: datetime, least: int, most: int) -> datetime:
    """A talk `least` to `most` days later, recorded by the salesperson."""
    moved = in_working_hours(diary, local_day(diary, at) + timedelta(days=diary.rng.randrange(least, most + 1)))
    moved = max(moved, at + timedelta(minutes=20))
    diary.record(moved, "opportunity_moved", opportunity_id=offer.number)
    return moved


def close(diary: Diary, offer: Offer, at: datetime, *, won: bool) -> None:
    closed = in_working_hours(diary, local_day(diary, at) + timedelta(days=diary.rng.randrange(1, 16)))
    properties: dict[str, object] = {"opportunity_id": offer.number, "result": "won" if won else "lost"}
    if won:
        properties["amount"] = offer.amount * diary.rng.choice((90, 92, 95, 97, 100, 100)) // 100
    diary.record(closed, "opportunity_closed", **properties)
