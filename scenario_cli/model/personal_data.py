"""Names of columns and shapes of values that identify a person. Knows neither e-mail addresses nor telephone numbers by
their shape, which the masking of reports does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from unicodedata import combining, normalize

# Words without accents, in English, French, German, Spanish, Italian, Portuguese, Dutch, Polish and the languages of
# the north. A single such word in a column's name is enough.
_WORDS = frozenset(
    """
    firstname lastname fullname surname forename givenname middlename maidenname nickname username salutation
    prenom prenoms nomfamille vorname nachname familienname geburtsname anrede apellido apellidos cognome sobrenome
    apelido voornaam achternaam imie nazwisko fornamn efternamn fornavn efternavn etternavn
    address addresses addr street adresse adresses rue anschrift strasse str hausnummer calle direccion domicilio
    indirizzo endereco morada rua adres straat huisnummer ulica gata adress gade
    postcode postalcode zipcode zip plz postleitzahl
    birth birthday birthdate birthyear bday dob born naissance geburt geburtsdatum geburtstag geburtsjahr nacimiento
    cumpleanos nascita nascimento geboorte geboortedatum verjaardag urodzenia fodelsedatum fodselsdato anniversaire
    phone phones telephone tel mobile msisdn gsm cell cellphone fax telefon telefonnummer handy handynummer mobil
    rufnummer portable telefono movil celular cellulare telefone telemovel telefoon komorka
    email emails mail courriel correo
    ip ipaddress ipaddr iban bic swift kontonummer ssn passport passeport reisepass nif dni steuernummer
    sozialversicherungsnummer cardnumber creditcard kreditkarte kennzeichen licenseplate
    """.split()
)
# Long enough to be found inside a word: `Kundenvorname`, `billingstreet`.
_PARTS = [word for word in _WORDS if len(word) >= 7] + "prenom strasse street birth geburt straat".split()
# A name of a person if nothing else is named: `Nom`, `Billing Name`, `customer_name`, and not `product_name`.
_NAME = frozenset("name names nom noms nombre nombres nome nomi naam namn navn nazwa".split())
_SOMEBODY = frozenset(
    """
    first last full sur given family middle maiden legal real billing shipping delivery invoice payer customer client
    contact user recipient member subscriber guest buyer purchaser person owner holder traveller traveler passenger
    patient student employee sender receiver attendee account profile my your
    de du des la le les of the von der die das del di do da kunde kunden rechnung rechnungs liefer lieferung empfanger
    besteller cliente clientes destinatario usuario utente titular facturacion envio fatturazione spedizione
    facturation livraison destinataire acheteur utilisateur famille klant factuur verzend prenom
    """.split()
)
# Facts about such data that are not personal data: `email_optin`, `mobile_os`, `phone_verified`, `mail_sent_at`.
_ABOUT = frozenset(
    """
    optin optout opt in out consent verified valid validated confirmed type kind status state source count domain
    provider campaign template subject language locale country region os model brand app version at frequency opened
    clicked sent delivered bounced enabled allowed required changed hash push permission score
    """.split()
)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
_SPLIT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")

_STREET_BEFORE = (
    r"rue|avenue|av\.?|boulevard|bd|blvd|chemin|place|allée|allee|impasse|quai|route|cours|square|passage|faubourg"
)
_STREET_AFTER = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Court|Square|Way|Terrace|Close|Crescent|Parkway|Highway"
)
_STREET_NAMED = (
    r"calle|c/|avenida|avda|plaza|paseo|camino|carrer|via|viale|piazza|corso|largo|rua|travessa|praça|estrada|ul|ulica"
    r"|aleja|rue|avenue|boulevard|chemin"
)
_STREET_ENDING = (
    r"straße|strasse|str\.|weg|platz|gasse|allee|damm|ufer|chaussee|straat|laan|plein|gracht|kade|gatan|vägen|gade|vej"
)
_SHAPES = [
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"(?<!\w)\d{{1,5}} ?[a-z]?(?: (?:bis|ter|quater))?,? (?:{_STREET_BEFORE}) [^\W\d][^,;\"|<>]*",
        rf"(?<!\w)\d{{1,5}}[a-z]? (?:[^\W\d][\w.'-]* ){{1,4}}(?:{_STREET_AFTER})\b\.?",
        rf"(?<!\w)(?:{_STREET_NAMED})\.? (?:[^\W\d][\w.'-]* ){{0,5}}[^\W\d][\w.'-]*,? (?:n[º°o]?\.? ?)?\d{{1,5}}\b",
        rf"(?<![\w.-])(?:[^\W\d][\w.-]{{0,40}} )?[^\W\d][\w.-]{{0,40}}?[ -]?(?:{_STREET_ENDING}) ?\d{{1,4}} ?[a-z]?\b",
        # Cards, in groups of four.
        r"(?<!\w)\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}(?!\w)",
        # Network cards.
        r"(?<![\w:])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\w:])",
    )
]
# Case distinguishes a name from a word here.
_SHAPES.append(
    re.compile(
        r"(?<!\w)(?:Mr|Mrs|Ms|Miss|Mme|Mlle|Mlles|Madame|Monsieur|Herr|Frau|Dr|Prof|Señora?|Sra?|Signora?|Dhr|Mevr|Pani?)"
        r"\.? [A-ZÀ-ÖØ-ÞŁŚŻ][\w'-]+(?: [A-ZÀ-ÖØ-ÞŁŚŻ][\w'-]+)*"
    )
)
_IP = re.compile(r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f:]{0,30}:[0-9A-Fa-f:.]{0,30})(?![\w:]|\.\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
_IN_GROUPS = re.compile(r"[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?", re.IGNORECASE)


def names_a_person(name: str) -> bool:
    """Whether a column of that name holds data that identifies a person.

    >>> [names_a_person(name) for name in ("Billing Name", "Prénom", "Straße", "date_of_birth", "IPAddress")]
    [True, True, True, True, True]
    >>> [names_a_person(name) for name in ("product_name", "email_optin", "mobile_os", "zipped", "description")]
    [False, False, False, False, False]
    """
    words = _words(name)
    if not words or words[-1] in _ABOUT:
        return False
    if not _WORDS.isdisjoint(words):
        return True
    joined = "".join(words)
    if any(part in joined for part in _PARTS):
        return True
    other_words = [word for word in words if word not in _NAME]
    if len(other_words) < len(words):
        return all(word in _SOMEBODY for word in other_words)
    remainder = next((joined.removesuffix(ending) for ending in _NAME if joined.endswith(ending)), "")
    return remainder in _SOMEBODY and remainder != "" and len(remainder) > 3


def personal_parts(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text, from and to, that look like a street, a network address, an account, a card, or a name
    behind its title."""
    for shape in _SHAPES:
        yield from (match.span() for match in shape.finditer(text))
    yield from (match.span() for match in _IP.finditer(text) if _is_ip(match[0]))
    yield from (match.span() for match in _IBAN.finditer(text) if _is_iban(match[0]))


def _words(name: str) -> list[str]:
    """`prénomClient2` is prenom, client."""
    plain = "".join(letter for letter in normalize("NFKD", name[:200]) if not combining(letter))
    plain = plain.replace("ß", "ss").replace("ẞ", "SS").translate(_LETTERS)
    return [word.lower() for word in _SPLIT.findall(plain)]


def _is_ip(text: str) -> bool:
    try:
        ip_address(text.rstrip("."))
    except ValueError:
        return False
    return len(text) > 2


def _is_iban(text: str) -> bool:
    """Whether a text is an IBAN: by its check digits, or by its groups of four."""
    compact = text.replace(" ", "").upper()
    if _IN_GROUPS.fullmatch(text) and " " in text:
        return True
    number = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4] if character.isascii())
    return 15 <= len(compact) <= 34 and int(number) % 97 == 1
