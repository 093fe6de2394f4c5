"""The definition of churn that the operator chose: it holds for the rest of the conversation."""

from __future__ import annotations

import re

from assistant.session import Session
from tools.contracts import Text, ToolResult
from tools.requests import ChurnRisk

_TOOL = "churn_risk"
_DEFAULT = "model"
_OF_MODEL = re.compile(r"概率|可能性|模型|probab|likel|\bmodel", re.IGNORECASE)
"""What only the model can answer."""
_NOTE = Text(zh="（沿用之前选择的流失定义）", en=" (by the definition of churn chosen before)")


def chosen_definition(session: Session, request: ChurnRisk, question: str = "") -> tuple[ChurnRisk, bool]:
    """``request`` with a definition: its own, else the one of the latest churn answer; and whether it was remembered.

    Bands and probabilities belong to the model alone, and the rhythm definition has no horizon, so asking for those asks for
    the model.
    """
    if request.definition:
        return request, False
    earlier = [
        result.details["definition"] for result in session.results.values() if result.tool == _TOOL and "definition" in result.details
    ]
    found = earlier[-1] if earlier else _DEFAULT
    if request.band or _OF_MODEL.search(question) or (found == "rhythm" and request.horizon_days):
        found = _DEFAULT
    return request.model_copy(update={"definition": found}), found != _DEFAULT


def with_note(result: ToolResult) -> ToolResult:
    """``result`` that says its definition was chosen before."""
    said = result.interpretation
    if said is None:
        return result
    return result.model_copy(update={"interpretation": Text(zh=said.zh + _NOTE.zh, en=said.en + _NOTE.en)})
