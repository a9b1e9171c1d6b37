"""A delivery in a process of its own, for tests that kill it: python -m tests.hosts.deliver.killed STORE DELIVERY"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from scenario_cli.model.waits import SECOND
from tests.hosts.deliver.stage import NOW, Clock, hand_over


class Running(Clock):
    """A running clock that starts at the instant of the tests."""

    def __init__(self) -> None:
        super().__init__()
        self.began = time.monotonic()

    def now(self) -> int:
        return NOW + int((time.monotonic() - self.began) * SECOND)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


if __name__ == "__main__":
    hand_over(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8"), Running())
