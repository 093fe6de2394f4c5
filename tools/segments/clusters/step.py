"""The refresh step "clusters": finds clusters anew, keeps those in use where they are no worse, and stores them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tools.contracts import Text
from tools.errors import NotEnoughData
from tools.models.threads import bounded_threads
from tools.segments.clusters.features import CustomerTable, read_customers, read_vocabulary
from tools.segments.clusters.replacement import Decision, decide
from tools.segments.clusters.run import MODEL, VERSION, Found, Wanted, describe, partition
from tools.segments.clusters.store import write_clusters, write_scored
from tools.segments.model_runs import ModelRun, run_in_use, store_run
from tools.settings import Settings
from tools.warehouse.engine import Engine


def score_clusters(engine: Engine, as_of: dt.date, config: Settings) -> Found | None:
    """Cluster all customers as of a date and store the run; None, with the reason stored, where the data are too few.

    Writes the temporary table ``clusters_scored`` (customer_id, cluster), rows of ``clusters`` and ``cluster_points``, and
    one segment per cluster. Runs inside the caller's transaction where there is one.
    """
    with engine.transaction():
        before = run_in_use(engine, MODEL)
        table = read_customers(engine, as_of, read_vocabulary(engine, as_of).joined(_columns(before)))
        try:
            with bounded_threads(config.thread_count, len(table)):
                found, decision = _find(table, as_of, config, before)
        except NotEnoughData as lack:
            why = Text(zh=lack.zh, en=lack.en).model_dump()
            write_scored(engine, None, None)
            store_run(engine, MODEL, f"{MODEL}-{VERSION}-none", as_of, config.seed, {"method": "none", "customers": len(table), "why": why})
            return None
        write_scored(engine, table, found)
        parameters = decision.kept or found.parameters
        version = f"{MODEL}-{VERSION}-{found.wanted.method}"
        run_id = store_run(engine, MODEL, version, as_of, config.seed, found.quality, parameters, decision.record)
        write_clusters(engine, run_id, found)
    return found


def _columns(before: ModelRun | None) -> list[str]:
    """The columns that the run in use needs, so that it can be judged on the same customers."""
    return [str(one["name"]) for one in before.parameters.get("scalings", [])] if before else []


def _find(table: CustomerTable, as_of: dt.date, config: Settings, before: ModelRun | None) -> tuple[Found, Decision]:
    wanted = Wanted()
    parted = partition(table, wanted, config)
    decision = decide(parted, before, config.seed)
    found = describe(table, parted, wanted, as_of, config, decision.labels, decision.ids)
    quality: dict[str, Any] = found.quality | {"revenue": str(found.revenue)}
    if decision.kept is not None and before is not None and decision.record is not None:
        quality |= {"silhouette": decision.record["old"], "stability": before.quality.get("stability"), "merged": 0}
    return Found(**{**found.__dict__, "quality": quality}), decision
