"""The locale of a message's dates, numbers and lists. Writes none of them.

Babel, which has the locale data, takes a tenth of a second to import. So it is imported when a text first needs it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_LAST = "en"  # if no known locale is named


@lru_cache(maxsize=1_000)
def parse_locale(tag: str) -> Locale | None:
    """The locale of a tag such as `fr`, `fr-BE` or `zh_Hant`; None if the locale data has no such locale."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(tag.strip().replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return None


@lru_cache(maxsize=10_000)
def message_locale(template: str | None, project: str, contact: str | None) -> Locale:
    """The locale of a message: of its template file, `own`, else of the project.

    It is the contact's if that is the same language in the same letters: a text in English shows its dates as they are
    written in Canada to a contact in Canada.
    """
    text = _parsed(template) or _parsed(project) or _parsed(_LAST)
    assert text is not None
    contact_locale = parse_locale(contact) if contact and len(contact) <= 40 else None
    if (
        contact_locale is not None
        and contact_locale.territory
        and (contact_locale.language, contact_locale.script) == (text.language, text.script)
    ):
        return contact_locale
    return text


def _parsed(tag: str | None) -> Locale | None:
    """The locale of a tag, else of its language alone."""
    if not tag:
        return None
    return parse_locale(tag) or parse_locale(tag.replace("_", "-").partition("-")[0])
