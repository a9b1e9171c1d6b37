"""Recognises personal data by the name of a column and by the shape of a value. Masks nothing."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# In the languages that exports come in, without accents; `ß` is `ss`.
_NAMES = frozenset(
    "firstname lastname fullname surname forename givenname familyname middlename maidenname nickname prenom nomfamille"
    " vorname nachname familienname apellido apellidos cognome voornaam achternaam imie nazwisko sobrenome"
    " address adresse addr anschrift indirizzo direccion endereco adres street strasse str rue calle rua straat ulica"
    " hausnummer housenumber zip zipcode postcode postalcode codepostal plz postleitzahl"
    " birth birthday birthdate birthyear dob naissance geburtsdatum geburtstag geburt nacimiento nascita nascimento"
    " geboortedatum ip ipaddress ipaddr ipv4 ipv6 iban bic kontonummer accountnumber ssn passport reisepass dni nif nir"
    " nationalid taxid cardnumber creditcard"
    " phone mobile tel telephone telefon telefono telefone telefoon handy gsm msisdn cell cellphone fax rufnummer"
    " email mail courriel correo latitude longitude lat lon lng".split()
)
# A name alone may be a product's; with one of the others it is a person's.
_NAME = frozenset(("name", "nom", "nombre", "nome", "naam", "namen"))
_PERSON = frozenset(
    "billing shipping delivery customer contact user client recipient buyer holder owner first last full given family"
    " middle real display kunde kunden client cliente destinataire facturation livraison rechnung liefer sur".split()
)

# With one of these a name is about the data and not the data itself: `email_optin`, `address_id`, `mail_template`.
_NEUTRAL = frozenset(
    "optin optout opt consent subscribed unsubscribed verified confirmed valid status enabled count type template id"
    " campaign subject provider domain sent opened clicked bounced length score".split()
)

_IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
_IPV6 = re.compile(r"(?i)(?<![\w:])(?:[\da-f]{1,4}:){3,7}:?[\da-f]{1,4}(?![\w:])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\d-])(?:\d[ -]?){13,19}(?![\d-])")
_STREET = re.compile(
    r"(?i)\b\d{1,5}[a-z]?,? (?:bis |ter )?(?:rue|avenue|av\.|bd|boulevard|place|chemin|impasse|all[ée]e)\b"
    r"|\b(?:via|calle|rua|piazza|plaza) [\w .'-]{2,30},? \d+"
    r"|\w+(?:str\.|stra(?:ß|ss)e|weg|platz|gasse|allee|straat|laan) ?\d+"
    r"|\b\d{1,5} [\w .'-]{2,30} (?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive|court|square)\b"
)


def is_personal_name(name: str) -> bool:
    """True where a column of that name holds data about a person.

    >>> [is_personal_name(name) for name in ("Billing Name", "Prénom", "Straße", "birthDate", "product_name", "city")]
    [True, True, True, True, False, False]
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", plain)]
    pairs = {"".join(pair) for pair in pairwise(words)}
    if _NEUTRAL & set(words):
        return False
    found = {*words, *pairs, "".join(words)}
    if found & _NAMES:
        return True
    return bool(_NAME & set(words)) and (len(words) == 1 or bool(_PERSON & set(words)))


def looks_personal(value: str) -> bool:
    """True where a text holds an IP address, an IBAN, a card's number or a street with a number.

    >>> [looks_personal(text) for text in ("192.168.0.1", "FR76 3000 6000 0112 3456 7890 189", "12 rue de la Paix")]
    [True, True, True]
    >>> [looks_personal(text) for text in ("1.2.3", "blue", "2025-03-14T10:20:30Z", "cart/reminder")]
    [False, False, False, False]
    """
    if _IPV4.search(value) or _IPV6.search(value) or _IBAN.search(value) or _STREET.search(value):
        return True
    return any(_is_card(found[0]) for found in _CARD.finditer(value))


def _is_card(number: str) -> bool:
    """By its check digit (ISO/IEC 7812-1); a longer run of digits without one is an order's number."""
    digits = [int(character) for character in number if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return number[0] in "3456" and sum(doubled) % 10 == 0
