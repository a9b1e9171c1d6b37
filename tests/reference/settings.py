"""How long the properties look: a while by default and always at the same worlds, longer and at others when asked.

REFERENCE_EXAMPLES=20 looks twenty times as long.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

TIMES = int(os.environ.get("REFERENCE_EXAMPLES", "0"))


def scaled(number: int) -> int:
    """How many examples a property tries that takes other ones each time."""
    return number * max(TIMES, 1)


def examples(number: int) -> settings:
    """Settings that try so many worlds by default."""
    return settings(
        max_examples=scaled(number),
        derandomize=not TIMES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
