"""Personas of hand-made customers, and the script that they are told with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.contracts import ToolResult
from tools.requests import DescribePersona
from tools.rules import Condition
from tools.segments.personas import describe_persona
from tools.segments.personas.script import Script, names_in, script, spaced, tidy
from tools.segments.personas.words import listed
from tools.segments.profile_queries import AVERAGED
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

Describe = Callable[[Any], ToolResult]


@pytest.fixture(scope="module")
def describe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Describe]:
    """Forty women who buy every Saturday by app at night, forty men who bought once in a shop, ten who never ordered."""
    folder = tmp_path_factory.mktemp("personas")
    warehouse = Warehouse(folder / "shop.duckdb", Settings(home=folder))
    with warehouse.writing() as engine, engine.transaction():
        for number in range(90):
            who = ("w", "m", "n")[min(number // 40, 2)]
            engine.execute(
                "INSERT INTO customers (customer_id, gender, marketing_consent) VALUES ($id, $gender, $consent)",
                {"id": f"{who}{number:02d}", "gender": {"w": "female", "m": "male", "n": None}[who], "consent": number % 4 != 0},
            )
            for week in range(10 if who == "w" else 1 if who == "m" else 0):
                day = dt.datetime(2024, 3, 2, 2, 30) + dt.timedelta(days=7 * week) if who == "w" else dt.datetime(2024, 4, 3, 15)
                engine.execute(
                    "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, discount, channel) "
                    "VALUES ($o, $c, $t, 'completed', $a, $d, $h)",
                    {
                        "o": f"o{number}-{week}",
                        "c": f"{who}{number:02d}",
                        "t": day + dt.timedelta(minutes=number % 7),
                        "a": Decimal(80) if who == "w" else Decimal(20) + number % 5,
                        "d": Decimal(18) + number % 5 if who == "w" else Decimal(0),
                        "h": "app" if who == "w" else "shop",
                    },
                )
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        yield lambda customers: describe_persona(ctx, DescribePersona(customers=customers))


def words(result: ToolResult, language: str) -> dict[str, str]:
    return {one["id"]: one["text"][language] for one in result.details["aspects"]}


def test_women_of_the_app(describe: Describe) -> None:
    result = describe(Condition(field="gender", op="=", value="female"))
    en, zh = words(result, "en"), words(result, "zh")
    # All customers: 40 with ten orders, 40 with one, 10 with none; the median of orders is 1.
    assert en["spending"].startswith("The typical member has ordered 10 times (all customers once), at $80 an order (")
    assert zh["spending"].startswith("典型成员累计下单 10 次（全体客户 1 次），每单花费 $80（")
    assert en["rhythm"].startswith(
        "They order about every 7 days (all customers 7 days), at a steady rhythm; they last ordered on the last day"
    )
    assert zh["rhythm"].startswith("大约每 7 天买一次（全体客户 7 天），节奏稳定；上次下单就在数据截止日当天")
    # 400 of the 440 orders are theirs.
    assert en["time"].startswith(
        "They order mostly at night (100% of orders; all customers 90.9%), and on Saturdays more than on other days (100%;"
    )
    assert zh["time"].startswith("多在深夜下单（占订单 100%，全体 90.9%），一周之中周六最多（100%，")
    assert en["channel"] == "They buy mainly through one channel: app (100% of orders; all customers 90.9%)."
    assert zh["channel"] == "主要通过 app 下单（占订单 100%，全体 90.9%）。"
    # Discounts of 20 on average: 8,000 of 40,000 at full price; the men got nothing off their 880.
    assert en["price"].startswith(
        "Discounts take 20% off the full price (all customers 19.6%), and they look for deals more than others do"
    )
    assert "比其他客户更看重优惠" in zh["price"]
    assert en["demographics"] == "Gender: known for 40 of 40 members, most often female (100%; all customers 50%)."
    assert zh["demographics"] == "性别：40 位成员中 40 位已知，其中女性最多（100%，全体 50%）。"
    assert result.details["headline"]["en"].startswith("Frequent, big-basket, deal-seeking customers")
    assert "taste" not in en, "nothing is known of categories"


def test_what_to_say_and_what_not(describe: Describe) -> None:
    result = describe(Condition(field="gender", op="=", value="female"))
    say, avoid = ([one["en"] for one in result.details[side]] for side in ("say", "avoid"))
    assert "Say first what they save, and make it plain to see." in say
    # Every fourth customer did not agree: 10 of the 40 women.
    assert avoid[-1] == "Do not send marketing to members without consent (25% of those for whom it is known)."
    assert "Send messages shortly before the time when they usually order: at night." in say
    men = describe(Condition(field="gender", op="=", value="male"))
    assert "Do not open with a price cut: they buy without one." in [one["en"] for one in men.details["avoid"]]
    table = next(one for one in men.tables if one.id == "talk")
    assert {row[0] for row in table.rows} == {"say", "avoid"}


def test_who_bought_once_has_no_rhythm(describe: Describe) -> None:
    result = describe(Condition(field="gender", op="=", value="male"))
    assert words(result, "en")["rhythm"].startswith(
        "Most of them ordered on a single day, which is no rhythm yet; they last ordered 31 days ago"
    )
    assert words(result, "zh")["rhythm"].startswith("多数人只在一天下过单，还谈不上购买节奏；上次下单是在 31 天前")
    assert words(result, "en")["spending"].startswith("The typical member has ordered once (all customers once)")


def test_who_never_ordered(describe: Describe) -> None:
    result = describe("prospects")
    assert words(result, "en") == {
        "spending": "The typical member has not ordered yet.",
        "demographics": "Nothing is known of any member's demographics.",
    }
    assert words(result, "zh")["spending"] == "典型成员还没有下过单。"


def test_templates_of_both_languages_name_the_same() -> None:
    for aspect in script().aspects.values():
        for text in (*aspect.compared, *aspect.plain):
            assert names_in(text.zh) == names_in(text.en), text.en
    for template in (script().demographic.compared, script().demographic.plain):
        assert names_in(template.zh) == names_in(template.en)


def test_words_are_about_fields_that_are_compared() -> None:
    told = {name for theme in script().themes for name in theme.words} | {one.field for one in script().talk}
    assert told <= set(AVERAGED)


def test_an_unknown_key_is_refused() -> None:
    data = yaml.safe_load((Path(__file__).parents[4] / "prompts" / "personas.yaml").read_text(encoding="utf-8"))
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        Script.model_validate({**data, "more": 1})


def test_names_within_chinese_text() -> None:
    assert tidy(f"主要买{spaced('DELI')}，还有{spaced('茶')}。") == "主要买 DELI，还有茶。"


def test_names_in_a_row() -> None:
    assert listed(["A", "B", "C"], "en") == "A, B and C"
    assert listed(["A", "B"], "zh") == "A、B"
