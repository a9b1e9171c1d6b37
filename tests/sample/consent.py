"""Contacts identify themselves, give consent and withdraw it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.sample.diary import Diary

OPTIN_OF = {"email": "email_optin", "push": "push_optin", "sms": "sms_optin"}


def identify(diary: Diary, at: datetime, *, optin: str | bool | None) -> None:
    """A form with address and consent; for contacts without a row in the contacts table also with all the rest."""
    profile = diary.person.profile
    properties: dict[str, object] = {"email": profile["email"]}
    if not diary.person.is_known and not diary.identified:
        properties = {name: value for name, value in profile.items() if value is not None}
    if optin is not None and profile["email"] is not None:
        properties["email_optin"] = optin
    else:
        properties.pop("email_optin", None)
    properties = {name: value for name, value in properties.items() if value is not None}
    if properties:
        diary.record(at, "profile_updated", **properties)
    diary.identified = True
    diary.agreed_to_email |= properties.get("email_optin") is True


def unsubscribe(diary: Diary, at: datetime, channel: str | None = None) -> None:
    """Withdraws consent to a channel (by default mostly e-mail), if it was given. At most once."""
    profile = diary.person.profile
    if channel is None:
        channel = diary.rng.choices(("email", "push", "sms"), weights=(78, 12, 10))[0]
    agreed = diary.agreed_to_email if channel == "email" else profile[OPTIN_OF[channel]] is True
    if diary.opted_out or not diary.identified or not agreed:
        return
    diary.opted_out = True
    diary.record(at, "profile_updated", **{OPTIN_OF[channel]: False})
    reason = diary.rng.choice(("too_many", "not_interested", "other", None))
    properties: dict[str, object] = {"channel": channel}
    if reason is not None:
        properties["reason"] = reason
    diary.record(diary.later(at, 0.05, 0.9), "unsubscribed", **properties)


def tidy_account(diary: Diary, day: date) -> None:
    """A visit to the account page: an opt-out without an unsubscribe link, a new number, push switched on."""
    rng, person = diary.rng, diary.person
    if not (person.is_known or diary.identified):
        return
    at = diary.moment(day)
    deed = rng.choices(("opt_out", "opt_in", "phone", "push"), weights=(30, 20, 20, 30))[0]
    if deed == "opt_out":
        diary.record(at, "profile_updated", email_optin=False)
    elif deed == "opt_in" and person.profile["email"] and not diary.opted_out:
        diary.record(at, "profile_updated", email_optin=True)
    elif deed == "phone":
        diary.record(at, "profile_updated", phone=None, sms_optin=None)
    else:
        token = person.profile["push_token"] or f"tok_{rng.getrandbits(64):016x}"
        diary.record(at, "profile_updated", push_token=token, push_optin=True)


def move(diary: Diary) -> None:
    """A move to another country, which changes the contact's clock."""
    if diary.person.moves is None:
        return
    day, place = diary.person.moves
    at = diary.local(day - timedelta(days=1), 20, 15)
    diary.record(at, "profile_updated", country=place.country, timezone=place.timezone)
