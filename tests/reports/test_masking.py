"""What people and logs are shown of addresses and telephone numbers."""

from __future__ import annotations

import pytest

from scenario_cli.reports.masking import is_personal, masked, masked_value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ana.b@example.com", "a***@example.com"),
        ('{"mail":"ana+news@shop.example.co.uk","x":1}', '{"mail":"a***@shop.example.co.uk","x":1}'),
        ("é.à@exämple.fr;é.b@exämple.fr", "é***@exämple.fr;é***@exämple.fr"),
        ("ana@exam…", "a***@exam…"),
        ("cut here: ana@", "cut here: a***@"),
        ("+33 6 12 34 56 78", "+33 6 ** ** ** 78"),
        ("+33612345642", "+336******42"),
        ("0033612345678", "003********78"),
        ("06 12 34 56 78", "06 1* ** ** 78"),
        ("06.12.34.56.78", "06.1*.**.**.78"),
        ("+49 (0)30 1234567", "+49 (0)** *****67"),
        ("(415) 555-2671", "(415) ***-**71"),
        ("call +33612345642 or write ana@example.com", "call +336******42 or write a***@example.com"),
    ],
)
def test_addresses_and_telephone_numbers_are_masked_wherever_they_stand(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-03 10:00:00", "2025-03-03T10:00:00+01:00", "20250303100000", "1700000000000", "541312140",
        "550e8400-e29b-41d4-a716-446655440000", "ana;buy;2025-03-03 10:30;c1;95,50", "+0100", "3.14", "12 @ 4 EUR",
        "TX-105", "2103807459595387724", "03/03/2025 10:00", "03.03.2025", "03-03-2025 10:00:00 +0100 95",
    ],
)  # fmt: skip
def test_dates_amounts_and_ids_stay(text: str) -> None:
    assert masked(text) == text
    assert not is_personal(text)


def test_a_property_named_as_a_telephone_hides_bare_digits_too() -> None:
    assert masked_value("mobile_phone", "33612345642") == "336******42"
    assert masked_value("order_id", "33612345642") == "33612345642"


def test_a_picture_for_dense_screens_is_no_address() -> None:
    assert masked('<img src="https://example.com/logo@2x.png">') == '<img src="https://example.com/logo@2x.png">'
