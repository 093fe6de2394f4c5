"""Evidence for clustering: planted groups found again, the demo, and a million customers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from benchmarks.evidence.rows import EvidenceRow
from tests.tools.segments.clusters.planted import SIX, plant, write
from tools.models.clustering.choice import judge
from tools.models.clustering.methods import fit_kmeans
from tools.models.clustering.preparation import Feature, Preparation, Singles
from tools.segments.clusters.features import clustering_features, read_customers, read_vocabulary
from tools.segments.model_runs import ModelRun, run_in_use
from tools.segments.refresh import refresh
from tools.warehouse.context import latest_date
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

MODEL = "Clusters"
PEER = f"scikit-learn {sklearn.__version__} KMeans on standard-scaled features"
SEED = 7
_MILLION = """
import json, resource, time
import numpy as np
from tools.models.clustering.clusters import CustomerClusters
from tools.models.clustering.preparation import Feature, Preparation

random = np.random.default_rng(0)
planted = random.integers(0, 6, 1_000_000)
matrix = random.normal(0, 1.5, (6, 12)).astype(np.float32)[planted] + random.normal(0, 1, (1_000_000, 12)).astype(np.float32)
matrix[:, :6] = np.exp(matrix[:, :6])
begun = time.perf_counter()
features = [Feature(f"f{number}", f"theme {number // 4}") for number in range(12)]
found = CustomerClusters().fit(Preparation(features).fit(matrix).transform(matrix))
seconds = time.perf_counter() - begun
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(json.dumps([seconds, memory, len(found.centroids_), len(found.labels_)]))
"""


def evidence(demo: Path, folder: Path) -> list[EvidenceRow]:
    """Adjusted Rand index on planted groups, silhouette and stability on the demo, seconds and memory for a million."""
    return [*_planted(folder), *_demo(demo), *_million()]


def _planted(folder: Path) -> list[EvidenceRow]:
    path = folder / "planted_groups.duckdb"
    rows = plant(SIX, seed=1)
    if not path.exists():
        refresh(write(rows, path))
    data = f"generated shop, {len(rows.customers):,} customers in 6 planted groups"
    with Warehouse(path).reading() as engine:
        found = engine.rows("SELECT customer_id, cluster FROM scores ORDER BY customer_id")
        planted = [rows.group[str(row[0])] for row in found]
        run, (_, raw) = _run(engine), _matrices(engine)
        names = engine.rows("SELECT name_en, cluster FROM clusters ORDER BY position")
    ours = adjusted_rand_score(planted, [row[1] for row in found])
    theirs = adjusted_rand_score(planted, _plain(raw, 6))
    clusters = str(run.quality["clusters"])
    slow = [row[1] for row, group in zip(found, planted, strict=True) if group == SIX[0].name]
    name = next(row[0] for row in names if row[1] == max(set(slow), key=slow.count))
    return [
        EvidenceRow(MODEL, data, "", "adjusted Rand index", f"{ours:.3f}", f"{PEER}, told k = 6", f"{theirs:.3f}", "≥ 0.9"),
        EvidenceRow(MODEL, data, "", "number of clusters chosen", clusters, goal="6 (planted)"),
        EvidenceRow(
            MODEL, data, "", "name of the planted late-night browsers", name, goal="late-night, browse, expensive, electronics, slow"
        ),
    ]


def _demo(demo: Path) -> list[EvidenceRow]:
    data = "demo, all customers"
    with Warehouse(demo).reading() as engine:
        run, (prepared, raw) = _run(engine), _matrices(engine)
    scaled = StandardScaler().fit_transform(raw).astype(np.float32)
    peers = {one.clusters: one for one in judge(scaled, fit_kmeans, range(5, 9), SEED)}
    out = []
    for one in judge(prepared, fit_kmeans, range(5, 9), SEED):
        peer = peers[one.clusters]
        k = f"k = {one.clusters}{' (chosen)' if one.clusters == run.quality['clusters'] else ''}"
        own, other = f"{one.silhouette:.3f} / {one.stability:.3f}", f"{peer.silhouette:.3f} / {peer.stability:.3f}"
        out.append(
            EvidenceRow(
                MODEL, data, str(run.as_of), f"silhouette / stability, {k}, each in its own space", own, f"{PEER}, same features", other
            )
        )
        least = f"share of the smallest cluster, {k}"
        out.append(EvidenceRow(MODEL, data, str(run.as_of), least, f"{one.smallest:.1%}", PEER, f"{peer.smallest:.1%}", "≥ 1%"))
    return out


def _million() -> list[EvidenceRow]:
    done = subprocess.run([sys.executable, "-c", _MILLION], check=True, capture_output=True, text=True)
    seconds, memory, clusters, _ = json.loads(done.stdout)
    data = f"generated, 1,000,000 customers × 12 features, k chosen in 5–8 ({clusters})"
    return [
        EvidenceRow(MODEL, data, "", "seconds to prepare, choose k and assign everyone", f"{seconds:.1f}", goal="≤ 60"),
        EvidenceRow(MODEL, data, "", "peak memory of the process, GB", f"{memory:.2f}", goal="≤ 2"),
    ]


def _run(engine: Engine) -> ModelRun:
    run = run_in_use(engine, "clusters")
    assert run is not None
    return run


def _matrices(engine: Engine) -> tuple[Singles, Singles]:
    """The prepared matrix, and the same columns as they are, unknown values at the column's mean."""
    as_of = latest_date(engine)
    assert as_of is not None
    table = read_customers(engine, as_of, read_vocabulary(engine, as_of))
    names = table.known(table.columns)
    features: tuple[Feature, ...] = clustering_features(names)
    matrix = table.matrix(names)
    preparation = Preparation(features).fit(matrix, SEED)
    used = matrix[:, [names.index(name) for name in preparation.used]]
    return preparation.transform(matrix), np.where(np.isnan(used), np.nanmean(used, axis=0), used)


def _plain(matrix: Singles, clusters: int) -> np.ndarray:
    return KMeans(clusters, n_init=10, random_state=SEED).fit_predict(StandardScaler().fit_transform(matrix))
