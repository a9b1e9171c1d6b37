"""Number of examples for the properties: by default few and always the same, on request more and different ones.

REFERENCE_EXAMPLES=20 tries twenty times as many.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

TIMES = int(os.environ.get("REFERENCE_EXAMPLES", "0"))


def scaled(number: int) -> int:
    """The number of examples of a property that tries different ones in each run."""
    return number * max(TIMES, 1)


def examples(number: int) -> settings:
    """Settings with this default number of worlds."""
    return settings(
        max_examples=scaled(number),
        derandomize=not TIMES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
