"""The reference table of products bought next, as a draft that people check before a scenario reads it."""

from __future__ import annotations

import csv
import io

from scenario_cli.model.csv_cell import csv_cell
from scenario_cli.model.insights_results import Insights


def next_products_csv(insights: Insights) -> str:
    """One row per product, by its name: the products that its buyers buy next, and the basis of that."""
    assert insights.affinity is not None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((insights.product, f"next_{insights.product}", "customers", "share", "lift", "median_days"))
    for pair in insights.affinity.next_products():
        figures = (pair.customers, f"{pair.share:.4f}", f"{pair.lift:.2f}", round(pair.median_days))
        writer.writerow((csv_cell(pair.first), csv_cell(pair.second), *figures))
    return text.getvalue()
