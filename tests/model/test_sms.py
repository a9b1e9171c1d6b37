"""Segments of an SMS: the limits of both alphabets, and characters of two units, which are never split."""

from __future__ import annotations

from scenario_cli.model.sms import GSM_7, UCS_2, encoding, outside_gsm, room, segments, segments_of, septets, units
from tests.rows import rows


@rows(
    ("text", "kind", "length", "number"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("é" * 160, "GSM-7", 160, 1),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # the euro sign does not fit in the rest of the first segment
        ("ê" * 70, "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("ê" * 134, "UCS-2", 134, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("ê" * 66 + "😀" + "ê" * 66, "UCS-2", 134, 3),
        ("a" * 159 + "ç", "UCS-2", 160, 3),  # the capital Ç is in GSM-7, the small ç is not
        ("a" * 159 + "Ç", "GSM-7", 160, 1),
    ],
)
def test_a_text_takes_units_and_segments(text: str, kind: str, length: int, number: int) -> None:
    assert (encoding(text), units(text), segments(text)) == (kind, length, number)
    assert room(text) >= units(text) or number == 1


def test_each_character_outside_gsm_is_listed_once() -> None:
    assert outside_gsm("ça va, ça ? “oui” [€]") == ["ç", "“", "”"]
    assert outside_gsm("crème brûlée") == ["û"]


def test_pieces_are_counted_one_by_one() -> None:
    assert septets("5 €") + septets("–") == 5
    assert [segments_of(number, GSM_7) for number in (0, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]
    assert [segments_of(number, UCS_2) for number in (70, 71, 134, 135)] == [1, 2, 2, 3]
