"""Reads the files of an export with Spark, each row with the file that it comes from. Knows none of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.spark.reading import BLOCK, FILE, ROW, Form, Role, Source

_FORMS: dict[str, Form] = {
    ".jsonl": "lines", ".ndjson": "lines", ".csv": "texts", ".tsv": "texts", ".parquet": "typed", ".pq": "typed",
}  # fmt: skip
_COMPRESSIONS = (".gz", ".zst", ".snappy", ".bz2")
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Read:
    """Rows as Spark reads them, and the facts that the tasks need about their source."""

    frame: DataFrame
    source: Source


def read_files(spark: SparkSession, paths: Iterable[str], role: Role) -> list[Read]:
    """The files of paths, folders and patterns, in the order given, and by name within each.

    Files of one form are read together. Raises `ExportError` for a path without files and for a form that Spark
    does not read.
    """
    files: list[str] = []
    for path in paths:
        of_path = sorted(_files(spark, path))
        if not of_path:
            raise ExportError(f"there are no files in {path}", "check the path, and that Spark may read it")
        files += [file for file in of_path if file not in files]
    by_form: dict[Form, list[str]] = {}
    for file in files:
        by_form.setdefault(_form(file), []).append(file)
    ranks = {file: rank for rank, file in enumerate(files)}
    return [Read(_read(spark, form, of_form), Source(role, form, ranks)) for form, of_form in by_form.items()]


def read_frame(frame: DataFrame, role: Role) -> list[Read]:
    """The rows of a data frame, which have no order.

    A column `value` without a column `event` or `contact_id` has JSON lines, as from Kafka.
    """
    if "value" in frame.columns and not {"event", "contact_id"} & set(frame.columns):
        return [Read(frame.select(F.col("value").cast("string")), Source(role, "lines"))]
    return [Read(frame, Source(role, "typed"))]


def labels(reads: Sequence[Read]) -> tuple[str, ...]:
    """The names of the files in messages; a data frame has no name."""
    return tuple(dict.fromkeys(file for read in reads for file in read.source.files)) or ("a data frame",)


def _files(spark: SparkSession, path: str) -> list[str]:
    from pyspark.errors import AnalysisException

    try:
        return list(spark.read.option("recursiveFileLookup", "true").text(path).inputFiles())
    except AnalysisException as error:
        raise ExportError(f"{path} cannot be read: {str(error).splitlines()[0]}", "check the path") from None


def _form(file: str) -> Form:
    path = PurePosixPath(file)
    while path.suffix.lower() in _COMPRESSIONS:
        path = path.with_suffix("")
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise ExportError(
            f"Spark cannot read {file}: its ending is none of {', '.join(_FORMS)}",
            "rename the files, or read them yourself and pass the DataFrame to scenario_cli.spark.replay",
        )
    return form


def _read(spark: SparkSession, form: Form, files: list[str]) -> DataFrame:
    places = [F.col("_metadata.file_path").alias(FILE), F.col("_metadata.file_block_start").alias(BLOCK)]
    match form:
        case "lines":
            frame = spark.read.text(files)
        case "texts":
            # A cell can contain line breaks, so a file is read whole.
            options = {"header": "true", "quote": '"', "escape": '"', "multiLine": "true"}
            frame = spark.read.options(**options).csv(files, sep=_delimiter(spark, files[0]))
        case "typed":
            frame = spark.read.option("mergeSchema", "true").parquet(*files)
            places.append(F.col("_metadata.row_index").alias(ROW))
    return frame.select("*", *places)


def _delimiter(spark: SparkSession, file: str) -> str:
    first = spark.read.text(file).first()
    return max(_DELIMITERS, key=(first[0] if first else "").count)
