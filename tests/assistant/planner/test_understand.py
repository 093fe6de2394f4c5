"""Questions to the tool calls that they must become; the cases are data in tests/cases/planner."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary, make_vocabulary
from tools import requests
from tools.contracts import Text

CASES = Path(__file__).parents[2] / "cases" / "planner"
REQUESTS = {
    "describe_data": requests.DescribeData,
    "measure": requests.Measure,
    "cohort_retention": requests.CohortRetention,
    "find_customers": requests.FindCustomers,
    "segment_overview": requests.SegmentOverview,
    "summarize_segment": requests.SummarizeSegment,
    "compare_segments": requests.CompareSegments,
    "suggest_strategy": requests.SuggestStrategy,
    "churn_risk": requests.ChurnRisk,
    "cluster_customers": requests.ClusterCustomers,
    "find_rules": requests.FindRules,
    "customer_value": requests.CustomerValue,
    "next_order": requests.NextOrder,
    "weigh_rfm": requests.WeighRfm,
    "predict_response": requests.PredictResponse,
    "measure_uplift": requests.MeasureUplift,
    "recommend_products": requests.RecommendProducts,
    "describe_persona": requests.DescribePersona,
    "find_behaviour": requests.FindBehaviour,
    "model_quality": requests.ModelQuality,
    "save_segment": requests.SaveSegment,
    "look_up_customer": requests.LookUpCustomer,
    "export_customers": requests.ExportCustomers,
    "explain_term": requests.ExplainTerm,
    "ask_user": requests.AskUser,
    "decline": requests.Decline,
}


def cases(*names: str) -> list[Any]:
    read = [(name, case) for name in names for case in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))]
    return [pytest.param(case, id=f"{name}: {case['q']}") for name, case in read]


def called(plan: Plan) -> list[tuple[str, requests.Request]]:
    """The calls as the toolbox would read them, so that equal requests compare equal."""
    return [(call.name, REQUESTS[call.name].model_validate(call.args)) for call in plan.calls]


def wanted(case: dict[str, Any]) -> list[tuple[str, requests.Request]]:
    return [(name, REQUESTS[name].model_validate(args)) for call in case.get("calls", []) for name, args in call.items()]


CALLS = (
    "listed",
    "paraphrases",
    "wide",
    "ranked_en",
    "ranked_in_time",
    "models",
    "models_said",
    "best_counted",
    "groups_said",
    "models_asked",
    "asks",
    "measures",
    "rules",
    "chinese",
    "words",
    "customers_said",
    "numbers_said",
    "measures_zh",
    "newcomers",
    "customers_grouped",
    "numbers_en",
    "trends",
    "changes",
    "customers_zh",
    "customers_en",
    "ranked_zh",
    "everyday_en",
    "sentences_en",
    "frames_en",
    "spoken_zh",
    "wholes_en",
    "two_sides",
    "compared",
    "usual_times",
    "households_said",
    "taken_back",
    "two_wishes",
    "whole_periods",
    "spoken_en",
    "framed_zh",
    "offers",
    "redeemed",
    "segments_said",
    "requests_en",
    "goods_zh",
    "asked_zh",
    "movements",
    "baskets",
    "orders_said",
    "figures_asked",
    "figures_said",
    "plain_core_3",
    "guessed_verbs",
)


@pytest.mark.parametrize("case", cases(*CALLS))
def test_question_becomes_calls(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    plan = understand(case["q"], vocabulary, Dialogue())

    assert called(plan) == wanted(case)
    assert plan.say == case.get("say")


SAVED = yaml.safe_load((CASES / "saved.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def saved_vocabulary() -> Vocabulary:
    table = yaml.safe_load((CASES / "values.yaml").read_text(encoding="utf-8"))
    names = {found: Text(zh=name, en=name) for found, name in SAVED["saved"].items()}
    return make_vocabulary(table["as_of"], table["values"], table["levels"], names, SAVED["ids"])


@pytest.mark.parametrize("case", SAVED["cases"], ids=[case["q"] for case in SAVED["cases"]])
def test_names_given_by_the_operator_go_before_other_senses(case: dict[str, Any], saved_vocabulary: Vocabulary) -> None:
    assert called(understand(case["q"], saved_vocabulary, Dialogue())) == wanted(case)


@pytest.mark.parametrize("case", cases("refused", "models_refused", "qualifiers", "words_refused"))
def test_question_is_not_guessed(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    plan = understand(case["q"], vocabulary, Dialogue())

    (call,) = plan.calls
    assert call.name in ([case["tool"]] if isinstance(case["tool"], str) else case["tool"])
    assert called(plan)
    for word in case.get("names", []):
        assert word in str(call.args)
    if "reason" in case:
        assert call.args["reason"] == case["reason"]


@pytest.mark.parametrize("name", ["held_out", "held_out_2", "held_out_4", "held_out_5", "held_out_6", "held_out_7", "held_out_8"])
def test_unseen_questions_are_mostly_read_rightly(name: str, vocabulary: Vocabulary) -> None:
    wrong = [case["q"] for case in (param.values[0] for param in cases(name)) if not _fits(understand(case["q"], vocabulary), case)]

    assert len(wrong) <= 0.08 * len(cases(name)), wrong


def _fits(plan: Plan, case: dict[str, Any]) -> bool:
    names = [call.name for call in plan.calls] or (["say"] if plan.say else [])
    tools = case["tool"] if isinstance(case["tool"], list) else [case["tool"]]
    if not names or names[0] not in tools or (case["has"] and len(names) > 1):
        return False
    wanted = [{**case["has"], **one} for one in case.get("any", [{}])]
    asked = names[0] in ("ask_user", "decline", "say")
    return asked or any(all(plan.calls[0].args.get(key) == value for key, value in has.items()) for has in wanted)


def test_questions_are_read_quickly(vocabulary: Vocabulary) -> None:
    questions = [case.values[0]["q"] for case in cases("listed", "paraphrases", "models")]
    vocabulary.warm_up()
    understand("預熱", vocabulary)
    seconds = [min(_timed(question, vocabulary) for _ in range(3)) for question in questions]

    assert sorted(seconds)[int(len(seconds) * 0.95)] < 0.03


def _timed(question: str, vocabulary: Vocabulary) -> float:
    start = time.perf_counter()
    understand(question, vocabulary)
    return time.perf_counter() - start


@pytest.mark.parametrize(
    ("question", "told"),
    [("各品类的销售额", True), ("top 5 categories by revenue", True), ("各部门的销售额", False), ("revenue by subcategory", False)],
)
def test_the_level_that_a_category_is_taken_for_is_told(question: str, told: bool, vocabulary: Vocabulary) -> None:
    assert any(kind == "level" for kind, _ in understand(question, vocabulary, Dialogue()).notes) is told
