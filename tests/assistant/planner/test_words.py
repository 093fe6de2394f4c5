"""What stands around a question, how it is spelt, and names that the data have of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import variants
from assistant.planner.normalise import normalise
from assistant.planner.typos import is_ordinary, mend_word
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary, make_vocabulary
from tools.errors import InputError

CASES = Path(__file__).parents[2] / "cases" / "planner"
WORDS = yaml.safe_load((CASES / "words.yaml").read_text(encoding="utf-8"))
SHOP = {
    "channel": ["天猫", "抖音", "Branch"],
    "city": ["上海", "北京"],
    "product_name": ["玻尿酸面膜", "纯棉毛巾"],
    "attribute.会员等级": ["普通", "银卡", "金卡"],
    "attribute.account_tier": ["Gold", "Standard"],
    "attribute.plan": ["Basic", "Plus"],
}
LEVELS = {"channel": "order", "city": "customer", "product_name": "product"} | {
    f"attribute.{name}": "customer" for name in ("会员等级", "account_tier", "plan")
}


@pytest.fixture(scope="module")
def shop(vocabulary: Vocabulary) -> Vocabulary:
    return make_vocabulary(vocabulary.as_of, SHOP, LEVELS)


@pytest.mark.parametrize("case", [case for case in WORDS if "aside" in case], ids=lambda case: case["q"])
def test_what_was_left_aside_is_named(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    notes = understand(case["q"], vocabulary, Dialogue()).notes

    assert [words for kind, words in notes if kind == "background"] == case["aside"]


@pytest.mark.parametrize(
    "question",
    [
        "老板要看30岁以上的客户，列出冠军客户",
        "we have customers who bought deli, list the champions",
    ],
)
def test_a_clause_that_limits_is_no_background(question: str, vocabulary: Vocabulary) -> None:
    aside = " ".join(words for kind, words in understand(question, vocabulary, Dialogue()).notes if kind == "background")

    assert "30" not in aside
    assert "deli" not in aside


@pytest.mark.parametrize(
    "question",
    [
        "Boston store - how many orders in May?",
        "Vegans: how many orders in May?",
        "北京的：多少客户",
    ],
)
def test_a_topic_is_no_background(question: str, vocabulary: Vocabulary) -> None:
    found = understand(question, vocabulary, Dialogue())

    assert found.calls[0].name in ("ask_user", "decline")
    assert not [words for kind, words in found.notes if kind == "background"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("custmers", "customers"), ("custmrs", "customers"), ("valu", "value"), ("lookin", "looking"), ("evry", "every"), ("exprt", "export")],
)
def test_slips_are_mended_towards_our_own_words(word: str, meant: str, vocabulary: Vocabulary) -> None:
    assert mend_word(word, vocabulary) == meant


@pytest.mark.parametrize("word", ["cousins", "munny", "overdrawn", "rich", "section", "landlord"])
def test_well_formed_or_far_words_are_left_as_they_are(word: str, vocabulary: Vocabulary) -> None:
    assert mend_word(word, vocabulary) is None


def test_regular_forms_of_ordinary_words_are_ordinary() -> None:
    assert is_ordinary("cousins") == is_ordinary("cousin")
    assert is_ordinary("boxes")
    assert not is_ordinary("fastes")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("佢哋鍾意買乜", "他们喜欢买什么"),
        ("有冇熟客", "有没有熟客"),
        ("查一查销售额", "查一下销售额"),
        ("who r they", "who are they"),
        ("men under 30", "men aged under 30"),
    ],
)
def test_other_ways_of_writing_become_the_standard_one(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


@pytest.mark.parametrize(
    ("question", "tool", "args"),
    [
        ("没在天猫买过的客户", "find_customers", {"rule": {"behaviour": "orders", "op": "=", "value": 0, "where": {"channel": ["天猫"]}}}),
        ("上海的客户有多少", "find_customers", {"rule": {"field": "city", "op": "=", "value": "上海"}}),
        ("普通会员有多少人", "find_customers", {"rule": {"field": "attribute.会员等级", "op": "=", "value": "普通"}}),
        ("各会员等级的客单价", "measure", {"metrics": ["average_order_value"], "by": ["attribute.会员等级"]}),
        ("revenue of the plus plan", "measure", {"metrics": ["revenue"], "where": {"attribute.plan": ["Plus"]}}),
    ],
)
def test_names_of_the_data_go_before_ours(question: str, tool: str, args: dict[str, Any], shop: Vocabulary) -> None:
    (call,) = understand(question, shop, Dialogue()).calls

    assert (call.name, call.args) == (tool, args)


def test_names_that_the_data_lack_are_told(shop: Vocabulary) -> None:
    (call,) = understand("深圳的客户有多少", shop, Dialogue()).calls

    assert call.name in ("ask_user", "decline")
    assert "深圳" in str(call.args)


@pytest.mark.parametrize(("question", "name"), [("买过面膜的客户有多少", "玻尿酸面膜"), ("毛巾和面膜哪个卖得多", "纯棉毛巾")])
def test_a_part_of_the_only_name_is_that_name(question: str, name: str, shop: Vocabulary) -> None:
    found = understand(question, shop, Dialogue())

    assert name in str(found.calls[0].args)
    assert any(kind == "mended" and words.endswith(name) for kind, words in found.notes)


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("members on Plus", {"field": "attribute.plan", "op": "=", "value": "Plus"}),
        (
            "customers in 上海 and 北京",
            {"any": [{"field": "city", "op": "=", "value": "上海"}, {"field": "city", "op": "=", "value": "北京"}]},
        ),
    ],
)
def test_values_of_properties_that_are_words_or_two(question: str, rule: dict[str, Any], shop: Vocabulary) -> None:
    (call,) = understand(question, shop, Dialogue()).calls

    assert call.args["rule"] == rule


@pytest.mark.parametrize(("words", "forms"), [("环比", ["环比"]), ("(环比|同比)(下降|)", ["环比下降", "环比", "同比下降", "同比"])])
def test_a_phrase_with_choices_stands_for_each_of_them(words: str, forms: list[str]) -> None:
    assert list(variants(words)) == forms


def test_a_phrase_that_stands_for_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="100000 forms"):
        list(variants("(0|1|2|3|4|5|6|7|8|9)" * 5))
