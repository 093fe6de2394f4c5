"""Whether new clusters replace those in use, and which of them are the same groups as before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tools.models.clustering.choice import Labels, silhouette
from tools.models.clustering.methods import nearest
from tools.models.clustering.plane import matched
from tools.models.clustering.preparation import Preparation
from tools.segments.clusters.run import Partition
from tools.segments.model_runs import ModelRun, not_worse


@dataclass(frozen=True)
class Decision:
    """Which partition is used.

    Args:
        labels: Shape (customers,), numbers from 0 of the partition that is used.
        ids: The stable id of each number.
        record: As stored in ``model_runs.decision``; None for the first run.
        kept: Parameters of the old run where it stays in use; None for the new one.
    """

    labels: Labels = field(repr=False)
    ids: list[str]
    record: dict[str, Any] | None
    kept: Mapping[str, Any] | None = field(repr=False)


def decide(found: Partition, before: ModelRun | None, seed: int) -> Decision:
    """Judge the new partition beside the one in use, both on the customers of today, by silhouette on the same sample.

    The old one stays unless the new one is better. A new one's clusters take the ids of the old ones with which they have
    most customers in common.
    """
    labels = found.model.labels_
    fresh = int(labels.max()) + 1
    if before is None or not (before.parameters.get("centroids") and before.parameters.get("ids")):
        return Decision(labels, [f"cluster_{place + 1}" for place in range(fresh)], None, None)
    record: dict[str, Any] = {
        "measure": "silhouette",
        "new": found.model.silhouette_,
        "old": None,
        "old_run_id": before.run_id,
        "kept": "new",
    }
    old = _assigned(found, before.parameters)
    if old is None:
        # Its columns are gone, so it cannot be told which customers it would have put where.
        return Decision(labels, _further(before.parameters["ids"], {}, fresh), record, None)
    record["old"] = silhouette(found.prepared, old, seed)
    present = np.unique(old)
    ids = [str(one) for one in before.parameters["ids"]]
    if len(present) >= 2 and not_worse(record["old"], record["new"], higher_is_better=True):
        compact: Labels = np.searchsorted(present, old).astype(np.int64)
        return Decision(compact, [ids[place] for place in present], record | {"kept": "old"}, before.parameters)
    overlap = np.zeros((fresh, len(ids)), dtype=np.int64)
    np.add.at(overlap, (labels, old), 1)
    return Decision(labels, _further(ids, matched(overlap), fresh), record, None)


def _assigned(found: Partition, parameters: Mapping[str, Any]) -> Labels | None:
    try:
        preparation = Preparation.restored(found.features, parameters["scalings"])
    except (KeyError, ValueError):
        return None
    return nearest(preparation.transform(found.matrix), np.array(parameters["centroids"]))


def _further(ids: Sequence[str], pairs: Mapping[int, int], clusters: int) -> list[str]:
    """Ids of new clusters: those of the old ones that they are, else further numbers."""
    after = max((int(one.rpartition("_")[2]) for one in ids), default=0) + 1
    out = []
    for place in range(clusters):
        if place in pairs:
            out.append(ids[pairs[place]])
        else:
            out.append(f"cluster_{after}")
            after += 1
    return out
