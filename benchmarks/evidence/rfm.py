"""Evidence for weighted RFM: how much of the next period's spend the top of each score captures on the demo."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from benchmarks.evidence.rows import EvidenceRow
from tools.segments.weighing.compare import compare_models
from tools.segments.weighing.learn import TOPS, Learned, learn_weights
from tools.segments.weighing.report import BEST, score_names
from tools.settings import Settings
from tools.warehouse.context import latest_date
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

HORIZON = 90
_PEER = "classic_sum"
_GOALS = {"extended": "above the peer", "predictive": "above the peer", "value": "above the peer", "churn": "above the peer"}
_LABELS = {"top_tenth": "top tenth", "top_fifth": "top fifth"}


def evidence(demo: Path, folder: Path) -> list[EvidenceRow]:
    """Shares captured by every score on the 90 days after the cut-off, each beside the classic sum R + F + M.

    Args:
        demo: The loaded and refreshed demo warehouse.
        folder: Where files may be written; nothing is.
    """
    warehouse = Warehouse(demo, Settings(home=folder))
    with warehouse.reading() as engine:
        as_of = latest_date(engine) or dt.date.min
        learned = learn_weights(engine, as_of, HORIZON, warehouse.config)
        captured = _captured(engine, learned, warehouse.config)
    names = {name: text.en for name, text in score_names(HORIZON).items()}
    ranked = [name for name in captured if name not in (_PEER, BEST)]
    ranked.sort(key=lambda name: -captured[name]["top_fifth"])
    data = f"demo, {len(learned.test):,} customers with an order"
    return [
        EvidenceRow(
            model="Weighted RFM",
            data=data,
            cut_off=learned.test.cut_off.isoformat(),
            measure=f"share of the next {HORIZON} days' spend captured by the {_LABELS[top]}: {names[name]}",
            figure=f"{captured[name][top]:.1%}",
            peer=names[_PEER],
            peer_figure=f"{captured[_PEER][top]:.1%}",
            goal=_GOALS.get(name, ""),
        )
        for top in TOPS
        for name in (*ranked, BEST)
    ]


def _captured(engine: Engine, learned: Learned, config: Settings) -> dict[str, dict[str, float]]:
    return learned.captured | compare_models(engine, learned, config).captured
