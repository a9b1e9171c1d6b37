"""Names of time zones: whether one exists, and which was probably meant."""

from __future__ import annotations

import difflib
import re
from importlib.resources import files


def known_zone(name: str) -> bool:
    """Whether the time-zone data contain this name."""
    parts = name.split("/")
    if not name or any(part in ("", ".", "..") for part in parts):
        return False
    zone_file = files("tzdata.zoneinfo").joinpath(*parts)
    return zone_file.is_file() and not parts[-1].endswith((".tab", ".zi", ".py"))


def zone_hint(name: str) -> str:
    """The hint for a name that is not a time zone."""
    if re.fullmatch(r"(?:UTC|GMT)?\s*[+-]\s*[0-9:]+", name.strip(), re.IGNORECASE):
        return "write the IANA name of a place, such as Europe/Paris: an offset does not change in summer"
    intended = _similar_zone(name)
    return f"did you mean '{intended}'?" if intended else "write an IANA name, such as Europe/Paris or UTC"


def _similar_zone(name: str) -> str | None:
    """The zone of the same name in other letters, of this place, or with the nearest name."""
    zones = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    key = re.sub(r"[\s-]+", "_", name.strip()).lower()
    by_key = {zone.lower(): zone for zone in zones}
    by_place: dict[str, str] = {}
    for zone in zones:
        by_place.setdefault(zone.rpartition("/")[2].lower(), zone)
    if key in by_key or key in by_place:
        return by_key.get(key) or by_place[key]
    for zone_names in (by_key, by_place):
        close = difflib.get_close_matches(key, zone_names, n=1, cutoff=0.8)
        if close:
            return zone_names[close[0]]
    return None
