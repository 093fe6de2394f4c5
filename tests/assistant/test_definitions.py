"""The definition of churn that was chosen holds for the rest of a conversation."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.definitions import chosen_definition
from assistant.session import Session
from assistant.toolbox import Toolbox
from tools.contracts import Outcome, ToolResult
from tools.requests import ChurnRisk
from tools.warehouse.warehouse import Warehouse


def after(*definitions: str) -> Session:
    session = Session("s")
    for definition in definitions:
        session.register(ToolResult(tool="churn_risk", outcome=Outcome.ANSWERED, details={"definition": definition}))
        session.register(ToolResult(tool="measure", outcome=Outcome.ANSWERED))
    session.register(ToolResult(tool="churn_risk", outcome=Outcome.FAILED))
    return session


@pytest.mark.parametrize(
    ("earlier", "arguments", "definition", "remembered"),
    [
        ((), {}, "model", False),
        ((), {"definition": "rhythm"}, "rhythm", False),
        (("rhythm",), {}, "rhythm", True),
        (("rhythm", "window"), {}, "window", True),
        (("window",), {"horizon_days": 60}, "window", True),
        (("window",), {"definition": "model"}, "model", False),
        (("window", "model"), {}, "model", False),
        # A band, or a horizon beside the rhythm, can only mean the model.
        (("window",), {"band": "high"}, "model", False),
        (("rhythm",), {"horizon_days": 60}, "model", False),
    ],
)
def test_the_latest_definition_holds(earlier: tuple[str, ...], arguments: dict[str, Any], definition: str, remembered: bool) -> None:
    request, found = chosen_definition(after(*earlier), ChurnRisk(**arguments))
    assert (request.definition, found) == (definition, remembered)


@pytest.mark.parametrize(
    "question", ["列出流失概率最高的20个客户", "按模型看谁会流失", "Who is most likely to churn?", "churn probability above all"]
)
def test_asking_for_probabilities_asks_for_the_model(question: str) -> None:
    assert chosen_definition(after("rhythm"), ChurnRisk(), question)[0].definition == "model"
    assert chosen_definition(after("rhythm"), ChurnRisk(), "哪些客户快要流失了？")[0].definition == "rhythm"


def test_an_answer_says_that_its_definition_was_chosen_before(small: Warehouse) -> None:
    toolbox = Toolbox(small, Session("s"))
    _, first = toolbox.call("churn_risk", {"definition": "window", "horizon_days": 30})
    _, second = toolbox.call("churn_risk", {})
    _, third = toolbox.call("churn_risk", {"definition": "model"})
    assert [answer["details"]["definition"] for answer in (first, second, third)] == ["window", "window", "model"]
    assert second["interpretation"] == {
        "zh": first["interpretation"]["zh"] + "（沿用之前选择的流失定义）",
        "en": first["interpretation"]["en"] + " (by the definition of churn chosen before)",
    }
    assert "chosen before" not in third["interpretation"]["en"]
