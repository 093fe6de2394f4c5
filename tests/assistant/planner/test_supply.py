"""How many there are to give away, and whether they are enough for the customers who are asked for."""

from __future__ import annotations

import pytest

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import SUPPLY
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = [
    ("手上有500张券,想发给去年消费1000以上的客户,这样的人有多少,够不够发", "500"),
    ("我们备了300份礼品,打算送给去年消费5000以上的客户,够吗", "300"),
    ("现有80个名额，最近90天消费超过2000的客户够不够分", "80"),
    ("I have 500 coupons, customers who spent over 1000 last year but haven't come in 30 days - are they enough", "500"),
    ("we have 1,200 vouchers to give away. how many champions haven't ordered in the last 14 days? will that be enough", "1200"),
]


@pytest.mark.parametrize(("question", "number"), CASES)
def test_the_number_is_noted_and_the_customers_are_found(vocabulary: Vocabulary, question: str, number: str) -> None:
    found = understand(question, vocabulary, Dialogue())
    assert [call.name for call in found.calls] == ["find_customers"]
    assert dict(found.notes)[SUPPLY] == number


def test_a_number_alone_is_no_supply(vocabulary: Vocabulary) -> None:
    found = understand("how many customers used 2 coupons or more", vocabulary, Dialogue())
    assert SUPPLY not in dict(found.notes)
