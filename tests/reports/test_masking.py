"""Addresses and telephone numbers as people and logs are shown them."""

from __future__ import annotations

from scenario_cli.model.handing import ChannelResult, DeliveryResult, Trouble
from scenario_cli.reports.deliver.masked import masked_delivery
from scenario_cli.reports.masking import masked, masked_id, masked_value
from tests.rows import rows


@rows(
    ("address", "shown"),
    [
        ("tok_3ca7dc01234567a9f3ccc9", "tok***"),
        ("623000000000", "623*******00"),
        ("(415) 555-2671", "(415) ***-**71"),
        ("ana@example.com", "a***@example.com"),
        ("", ""),
    ],
)
def test_a_delivery_shows_no_address_in_full(address: str, shown: str) -> None:
    channel = ChannelResult("push", troubles=[Trouble("m1", address, "failed", "")], postponed="for ana@example.com")
    (masked_channel,) = masked_delivery(DeliveryResult("delivery", [channel])).channels
    assert masked_channel.troubles[0].address == shown
    assert masked_channel.postponed == "for a***@example.com"


@rows(
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
        ("1-415-555-2671", "1-41*-***-**71"),
        ("(06) 12.34.56.78", "(06) 1*.**.**.78"),
        ("06-12-34-56-78", "06-1*-**-**-78"),
        ("06/12/34/56/78", "06/1*/**/**/78"),
        ("0033 (0)6 12 34 56 78", "003* (*)* ** ** ** 78"),
        ("00 33 6 12 34 56 78", "00 3* * ** ** ** 78"),
        ("+33\u00a06\u202f12-34\u201156-78", "+33\u00a06\u202f**-**\u2011**-78"),
        ("tel:+33.6.12.34.56.78", "tel:+33.6.**.**.**.78"),
        ("07911123456", "079******56"),
        ("020 7946 0958", "020 **** **58"),
        ("612 34 56 78", "612 ** ** 78"),
        ("o'brien+news@shop.example.com", "o***@shop.example.com"),
        ('"ana b"@example.com', "***@example.com"),
        ("mailto:ana%40example.com", "mailto:a***%40example.com"),
        ("ana@[192.0.2.1]", "a***@[192.0.2.1]"),
        ("FR76 3000 6000 0112 3456 7890 189", "FR76 **** **** **** **** **** *89"),
        ("DE89370400440532013000", "DE89****************00"),
        ("call +33612345642 or write ana@example.com", "call +336******42 or write a***@example.com"),
    ],
)
def test_addresses_and_telephone_numbers_are_masked_wherever_they_stand(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(text) != text


@rows(
    "text",
    [
        "2025-03-03 10:00:00", "2025-03-03T10:00:00+01:00", "20250303100000", "1700000000000", "541312140",
        "550e8400-e29b-41d4-a716-446655440000", "ana;buy;2025-03-03 10:30;c1;95,50", "+0100", "3.14", "12 @ 4 EUR",
        "TX-105", "SKU20250303ABCDEF", "AB12CDEFGHIJKLMN", "01.02.2024 00:00", "2025-03-03 2025-03-04", "0.123456789",
        "2103807459595387724", "03/03/2025 10:00", "03.03.2025", "03-03-2025 10:00:00 +0100 95",
    ],
)  # fmt: skip
def test_dates_amounts_and_ids_stay(text: str) -> None:
    assert masked(text) == text
    assert masked(text) == text


def test_a_property_named_as_a_telephone_hides_bare_digits_too() -> None:
    assert masked_value("mobile_phone", "33612345642") == "336******42"
    assert masked_value("order_id", "33612345642") == "33612345642"


def test_a_picture_for_dense_screens_is_not_an_address() -> None:
    assert masked('<img src="https://example.com/logo@2x.png">') == '<img src="https://example.com/logo@2x.png">'


def test_an_id_is_masked_also_where_it_is_a_number_without_its_plus() -> None:
    assert masked_id("33612345678") == "336******78"
    assert masked_id("541312140") == "541312140"
