"""The daemon that forks Spark's Python workers. It imports what tasks need once, so that no worker imports it anew."""

from __future__ import annotations

from importlib import import_module

import pyspark.worker  # noqa: F401
from pyspark.daemon import manager

from scenario_cli.hosts.spark import streaming  # noqa: F401

if __name__ == "__main__":
    import_module("pandas")  # has no types
    manager()
