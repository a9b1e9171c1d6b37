"""Names of other tools as names of ours: letters, digits and underscores, each name once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LONGEST = 48

_FROM_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def slug(text: str, otherwise: str) -> str:
    """The text as a name: `Wait 7 Days` is `wait_7_days`; `otherwise` if nothing of it is left.

    >>> slug("$first name", "x"), slug("lastName", "x"), slug("2nd mail", "mail"), slug("été", "x"), slug("!", "x")
    ('first_name', 'last_name', 'mail_2nd_mail', 'ete', 'x')
    """
    plain = unicodedata.normalize("NFKD", _FROM_CAMEL.sub("_", text)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:LONGEST].rstrip("_")
    if not name:
        return otherwise
    return f"{otherwise}_{name}" if name[0].isdigit() else name


def identifier(text: str, otherwise: str) -> str:
    """A property's name: unchanged if an expression can use it, else a slug. `$city` becomes `city`."""
    bare = text.removeprefix("$")
    return bare if _ID.fullmatch(bare) and bare not in _RESERVED else slug(text, otherwise)


# Words of the language of expressions: an attribute cannot be called so.
_RESERVED = frozenset("and or not in is if else true false none True False None".split())


def unique(name: str, used: Collection[str]) -> str:
    """The name, with a number if it is used already: `reminder_2`."""
    if name not in used:
        return name
    number = 2
    while f"{name}_{number}" in used:
        number += 1
    return f"{name}_{number}"
