"""One Spark on this machine for all tests that need it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A short run gains nothing from the background work of Java's second compiler and of its collector, nor from the check
# of the bytecode of each of Spark's classes.
_JAVA = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
    " -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
_QUICK_START = f"--conf 'spark.driver.extraJavaOptions={_JAVA}' pyspark-shell"


def _home(folder: Path) -> Path:
    """Spark without its zipped Python modules: each of its many workers would compile them anew."""
    import pyspark

    for part in Path(pyspark.__file__).parent.iterdir():
        if part.name != "python":
            (folder / part.name).symlink_to(part)
    return folder


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    if find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java runtime here, which Spark needs")
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", _QUICK_START)
    os.environ.setdefault("SPARK_HOME", str(_home(tmp_path_factory.mktemp("home"))))
    # Its workers are separate processes, which must find the same source tree as the tests.
    root = str(Path(__file__).parents[2])
    paths = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([root, *filter(None, [paths])])
    builder = SparkSession.builder.master("local[2]").appName("tests")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.python.daemon.module": "tests.spark.daemon",
        "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
    os.environ["PYTHONPATH"] = paths
