"""Names of properties that hold ids."""

from __future__ import annotations

import re

# Names of properties that hold ids: `order_id`, `cartId`, `sku`, `Invoice No`.
_ID_NAME = re.compile(
    r"(^|[\W_])(id|ids|key|code|no|nr|num|number|sku|ref|reference|token|uid|uuid|guid)$"
    r"|(?-i:[a-z](Id|ID|Key|Code|No|Nr|Number|Sku|SKU|Ref|Token)$)"
    r"|^(cart|basket|checkout|order|invoice|booking|ticket|product|item|customer|user|contact|subscription)$",
    re.IGNORECASE,
)


def is_id_name(name: str) -> bool:
    """True if the property holds an id by its name.

    >>> [is_id_name(name) for name in ("cart_id", "Invoice No", "orderId", "version", "amount")]
    [True, True, True, False, False]
    """
    return bool(_ID_NAME.search(name))
