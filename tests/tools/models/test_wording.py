"""Texts told apart by how they are worded."""

from __future__ import annotations

import pytest

from tools.models.wording import Wording

GREETINGS = ["good morning to you", "hello there", "hi team, hope you are well", "早上好", "大家好呀", "你们好"]
ORDERS = ["two loaves of bread", "a litre of milk", "six eggs and butter", "两个面包", "一升牛奶", "六个鸡蛋"]


@pytest.fixture(scope="module")
def wording() -> Wording:
    return Wording(GREETINGS, ORDERS)


@pytest.mark.parametrize("text", ["good evening to you all", "hello everyone", "下午好呀"])
def test_texts_like_those_are_likely(wording: Wording, text: str) -> None:
    assert wording.probabilities([text])[0] > 0.6


@pytest.mark.parametrize("text", ["three loaves of rye bread", "half a litre of milk", "三个面包"])
def test_texts_like_the_others_are_unlikely(wording: Wording, text: str) -> None:
    assert wording.probabilities([text])[0] < 0.4


def test_nothing_known_says_nothing(wording: Wording) -> None:
    assert wording.probabilities([]) == []
    assert wording.probabilities(["zzz"])[0] == pytest.approx(0.5, abs=0.1)


def test_the_same_exemplars_say_the_same() -> None:
    texts = ["hello bread", "好的牛奶"]
    assert Wording(GREETINGS, ORDERS).probabilities(texts) == Wording(GREETINGS, ORDERS).probabilities(texts)
