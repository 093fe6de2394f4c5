"""What later questions go on from where a question got no answer, and figures that are asked about."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.foresight import after
from assistant.planner.plan import Call
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary


def _told(vocabulary: Vocabulary, *questions: str) -> Dialogue:
    dialogue = Dialogue()
    for question in questions:
        dialogue = replace(after(dialogue, understand(question, vocabulary, dialogue)), questions=(*dialogue.questions, question))
    return dialogue


def test_an_older_answer_that_is_gone_on_from_is_named(vocabulary: Vocabulary) -> None:
    dialogue = _told(vocabulary, "revenue last month", "and what about zork")

    plan = understand("by department", vocabulary, dialogue)

    assert plan.calls[0].name == "measure"
    assert ("goes_on", "revenue last month") in plan.notes


def test_an_answer_right_before_needs_no_word(vocabulary: Vocabulary) -> None:
    plan = understand("by department", vocabulary, _told(vocabulary, "revenue last month"))

    assert plan.notes == ()


def test_what_was_corrected_is_told(vocabulary: Vocabulary) -> None:
    plan = understand("revenue in march, sorry, april", vocabulary)

    assert [kind for kind, _ in plan.notes] == ["taken_back"]


def _figure(metric: str, value: str, **args: object) -> Dialogue:
    call = Call("measure", {"metrics": [metric], **args})
    return Dialogue((Result(call, "t1", "answered", {"figures": [{"id": f"t1.{metric}", "value": value, "label": {}, "unit": "money"}]}),))


def test_those_above_the_figure_before(vocabulary: Vocabulary) -> None:
    dialogue = _figure("revenue_per_customer", "1861.50", window={"period": "2017"})

    for question, operator in (("how many are above it", ">"), ("高于这个数的有多少人", ">"), ("低于平均的有多少", "<")):
        (call,) = understand(question, vocabulary, dialogue).calls
        rule = {"behaviour": "amount", "op": operator, "value": "1861.5", "window": {"period": "2017"}}
        assert call == Call("find_customers", {"rule": rule}), question


def test_a_figure_that_no_customer_has_is_not_compared_with(vocabulary: Vocabulary) -> None:
    plan = understand("how many are above it", vocabulary, _figure("revenue", "4600000"))

    assert plan.calls[0].name in ("ask_user", "decline")
