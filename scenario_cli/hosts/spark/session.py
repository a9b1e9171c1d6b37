"""Begins Spark, or joins the session that `spark-submit` or a notebook has begun."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from scenario_cli.events.errors import ExportError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_INSTALL = "pip install 'scenario-cli[spark]', and a Java runtime, version 17 or newer"

# `spark-submit` and a cluster's own settings decide where to run.
_GIVEN = ("PYSPARK_GATEWAY_PORT", "MASTER", "SPARK_REMOTE", "SPARK_CONF_DIR")
_ALONE = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}


def session(workers: int | None = None) -> SparkSession:
    """The session. On this machine alone it has `workers` threads, else one for each processor core.

    Raises `ExportError` if Spark or Java is missing.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise ExportError("Spark is not installed", _INSTALL) from None
    # The workers need the packages of this interpreter.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("scenario-cli").config("spark.log.level", "ERROR")
    if SparkSession.getActiveSession() is None and not any(name in os.environ for name in _GIVEN):
        threads = workers or os.cpu_count() or 1
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = builder.master(f"local[{threads}]")
        # Spark's own number, 200, is for clusters: to begin a task takes longer than to replay a few contacts.
        settings = {**_ALONE, "spark.sql.shuffle.partitions": str(2 * threads)}
        for name, value in settings.items():
            builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, RuntimeError) as error:
        raise ExportError(f"Spark does not start: {str(error).splitlines()[0]}", _INSTALL) from None
    return spark
