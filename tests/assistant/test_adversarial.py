"""Sentences that try to get a number or name past the checks, and faithful ones that must not be refused."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from test_names import known, named_evidence
from test_prose import evidence

from assistant.evidence import Evidence
from assistant.names import make_known
from assistant.prose import Refusal, check_sentence

CASES = Path(__file__).parent.parent / "cases" / "prose"


def _cases(name: str) -> Any:
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


def _figures() -> Evidence:
    return dataclasses.replace(evidence(), known=make_known({"category": ["DELI", "MEAT 2", "PASTRY"]}, {}))


@pytest.mark.parametrize("sentence", _cases("adversarial.yaml")["numbers"])
def test_a_number_that_no_figure_is_does_not_pass(sentence: str) -> None:
    assert isinstance(check_sentence(sentence, _figures(), "en"), Refusal)


@pytest.mark.parametrize("sentence", _cases("adversarial.yaml")["names"])
def test_a_name_that_nothing_vouches_for_does_not_pass(sentence: str) -> None:
    assert isinstance(check_sentence(sentence, named_evidence(known()), "en"), Refusal)


@pytest.mark.parametrize("sentence", _cases("faithful.yaml"))
def test_faithful_sentences_pass(sentence: str) -> None:
    shown = check_sentence(sentence, _figures(), "zh" if any("\u4e00" <= char <= "\u9fff" for char in sentence) else "en")
    assert not isinstance(shown, Refusal), shown


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("We lost [[t1.customers]] customers.", False),
        ("[[t1.customers]] orders came in.", False),
        ("Revenue fell by [[t1.growth]].", False),
        ("DELI has [[t1.deli]] of all customers.", False),
        ("[[t1.customers]] loyal customers wait for you.", False),
        ("The average customer spends [[t1.revenue]].", False),
        ("流失了[[t1.customers]]位客户。", False),
        ("[[t1.customers]]笔订单。", False),
        ("销售额下降[[t1.growth]]。", False),
        ("平均消费[[t1.revenue]]。", False),
        ("We have [[t1.customers]] customers; do not lose them.", True),
        ("我们有[[t1.customers]]位客户，防止流失很重要。", True),
    ],
)
def test_a_reference_is_refused_where_it_is_said_of_something_else(sentence: str, holds: bool) -> None:
    assert isinstance(check_sentence(sentence, _figures(), "en"), Refusal) is not holds
