"""One line of evidence: what a model was asked, on which data, and how it did beside a peer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EvidenceRow:
    """One measured figure.

    Args:
        model: Which model, such as "Churn".
        data: Which data, such as "demo, 2,345 eligible customers".
        cut_off: The date up to which the model saw the data; empty where it has none.
        measure: What was measured, such as "AUC".
        figure: The figure, formatted.
        peer: What it is compared with, with version; empty without one.
        peer_figure: The peer's figure, formatted; empty without one.
        goal: What was aimed at, such as "≥ 0.87"; empty without one.
    """

    model: str
    data: str
    cut_off: str
    measure: str
    figure: str
    peer: str = ""
    peer_figure: str = ""
    goal: str = ""
