"""The policy: quiet hours, caps, the control group."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.choices import choice

QUIET = (
    '{from: "22:00", to: "09:00", timezone: project}',
    '{channels: [sms, push], from: "21:00", to: "08:00"}', '{from: "01:30", to: "02:30"}', "{channels: [sms], on: sun}",
    '{from: "=contact.hour", to: "08:00"}', '{from: "22:00", to: "06:00", on: "fri,sat"}',
    '{programs: [one], from: "20:00", to: "10:00"}', '{scenarios: [first, spare], tags: [promo], on: weekends}',
    '{from: "21:00", to: "09:00", except: {channels: [email], scenarios: [first]}}',
    '{channels: [push, email], on: "sat,sun", except: {tags: [promo], programs: [two]}}',
)  # fmt: skip
CAPS = (
    "{max: 1, per: day}", "{max: 2, per: week}", "{max: 1, per: 36h, channels: [email, push]}", "{max: 3, per: month}",
    "{max: 1, per: 2d, if: segment.s1}", "{max: 2, per: 7d, programs: [one]}", "{max: 1, per: week, tags: [promo]}",
    "{max: 1, per: 1d, scenarios: [second]}", "{max: 1, per: 2d, except: {tags: [promo]}}",
    "{max: 1, per: week, channels: [email, push], except: {channels: [push], programs: [one]}}",
)  # fmt: skip


@st.composite
def policies(draw: st.DrawFn) -> str:
    quiet = draw(st.lists(choice(QUIET), max_size=3, unique=True))
    caps = draw(st.lists(choice(CAPS), max_size=2, unique=True))
    lines = [f"control_group: {draw(choice(('0%', '0%', '0%', '0%', '0%', '30%')))}"]
    lines += [f"quiet_hours: [{', '.join(quiet)}]"] if quiet else []
    lines += [f"caps: [{', '.join(caps)}]"] if caps else []
    lines += [f"on_cap: {draw(choice(('drop', 'delay')))}"]
    lines += [f"on_quiet: {draw(choice(('delay', 'delay', 'drop')))}"]
    lines += [f"max_hold: {draw(choice(('3d', '10h', '20d')))}"]
    return "policy:\n" + "".join(f"  {line}\n" for line in lines)
