"""Every byte of every request to a language model: no personal data, whether from the data, the question or earlier turns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import fill
from fake_openai import FakeOpenAI, Reply, call

from assistant.conversation import Conversation, open_conversation
from assistant.personal import Mask
from tools.contracts import Outcome
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse

Start = Callable[..., tuple[FakeOpenAI, Conversation]]
EVERYTHING: dict[str, Any] = {"all": []}
SECRETS = (
    "欧阳修远", "ouyang@shop.example", "13900001111", "110105194912310021", "6222021234567890128", "上海市浦东新区世纪大道100号",
    "Mary Major",
    "mary.major@x.example", "+44 20 7946 0958", "77 Massachusetts Avenue", "4111 1111 1111 1111",
    "王小明", "13800138000", "建国路1号", "Jane Doe",
)  # fmt: skip
STRANGERS = (
    "查一下 手机１３９０００２２３３３ 或 138-0013-8001 或 0086 138 0013 8002，邮箱 someone@else.example，身份证 44030819900307123X，"
    "卡号 6222020000001234560，住址 广东省深圳市南山区科技园路12号3栋502室，passport E12345678, 5500 0000 0000 0004, 9 Old Mill Lane"
)
STRANGE = (
    "１３９０００２２３３３", "13900022333", "138-0013-8001", "138 0013 8002", "someone@else", "44030819900307123X",
    "6222020000001234560", "科技园路", "E12345678",
    "5500 0000", "Old Mill Lane",
)  # fmt: skip


@pytest.fixture(scope="session")
def people_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Customers whose personal data also stand where nobody would look: in ids, products, campaigns, stores and feedback."""
    from tools.segments.refresh import refresh

    path = tmp_path_factory.mktemp("people") / "people.duckdb"
    warehouse = Warehouse(path)
    fill(warehouse)
    with warehouse.writing() as engine, engine.transaction():
        for customer_id, name, email, phone, address in (
            ("13900001111", "欧阳修远", "ouyang@shop.example", "13900001111", "上海市浦东新区世纪大道100号"),
            ("c6", "Mary Major", "mary.major@x.example", "+44 20 7946 0958", "77 Massachusetts Avenue"),
        ):
            engine.execute(
                "INSERT INTO customers (customer_id, name, email, phone, address) VALUES ($id, $name, $email, $phone, $address)",
                {"id": customer_id, "name": name, "email": email, "phone": phone, "address": address},
            )
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, currency, store_id, channel) VALUES "
                "($order, $id, CAST('2024-02-20' AS TIMESTAMP), 'completed', CAST('80.00' AS DECIMAL(18, 2)), 'USD', $store, $channel)",
                {"order": f"o-{customer_id}", "id": customer_id, "store": "欧阳修远的店", "channel": "call 13900001111"},
            )
            engine.execute(
                "INSERT INTO order_lines (order_id, product_id, quantity, amount) "
                "VALUES ($order, 'p1', 1, CAST('80.00' AS DECIMAL(18, 2)))",
                {"order": f"o-{customer_id}"},
            )
        engine.execute(
            "INSERT INTO products (product_id, name, category, brand) "
            "VALUES ('p1', 'Cup for Mary Major', 'gift of 欧阳修远', 'ouyang@shop.example')"
        )
    refresh(warehouse)
    return path


@pytest.fixture
def people(people_path: Path, tmp_path: Path, service: Start) -> Callable[..., tuple[FakeOpenAI, Conversation]]:
    """Like ``service``, over the customers of ``people_path``."""

    def start(*replies: Reply) -> tuple[FakeOpenAI, Conversation]:
        fake, _ = service(*replies)
        settings = Settings(home=tmp_path, model="fake", model_seconds=2.0, model_retries=0)
        return fake, open_conversation(Warehouse(people_path, settings), "talk")

    return start


def _sent(fake: FakeOpenAI) -> str:
    """All bodies as sent and with their escapes undone, and all headers."""
    bodies = [json.dumps(json.loads(body), ensure_ascii=False) for body in fake.bodies]
    return "\n".join([*fake.bodies, *bodies, *fake.headers])


def test_personal_data_in_the_data_stay_here(people: Start) -> None:
    fake, conversation = people(
        call("describe_data"),
        call("describe_data", topic="coverage", fields=["contact"]),
        call("measure", metrics=["revenue"], by=["store"]),
        call("measure", metrics=["revenue"], by=["category", "channel"]),
        call("measure", metrics=["revenue"], by=["brand"]),
        call("find_customers", rule=EVERYTHING, columns=["name", "email", "phone", "address"]),
        call("look_up_customer", customer_id="c6"),
        call("query_sql", sql="SELECT customer_id FROM customer_base"),
        Reply("Done."),
    )
    conversation.answer("Tell me everything")
    sent = _sent(fake)
    assert len(fake.bodies) == 9
    assert [secret for secret in SECRETS if secret in sent] == []
    assert "‹name-" in sent
    assert "‹phone-" in sent


def test_personal_data_of_anybody_in_the_question_stay_here(people: Start) -> None:
    fake, conversation = people(call("measure", metrics=["customers"]), Reply("There are [[t1.customers]] customers."), Reply("Hello."))
    conversation.answer(STRANGERS)
    conversation.answer("And how many are new?")
    sent = _sent(fake)
    assert [secret for secret in STRANGE if secret in sent] == []


def test_personal_data_of_earlier_turns_stay_here(people: Start) -> None:
    fake, conversation = people(
        call("save_segment", customers=EVERYTHING, name="欧阳修远的朋友"), Reply("Saved."),
        call("find_customers", rule={"segment": "欧阳修远的朋友"}), Reply("There are [[t2.customers]]."), Reply("Hello."),
    )  # fmt: skip
    conversation.answer("Save all customers as 欧阳修远的朋友 (Mary Major, 77 Massachusetts Avenue)")
    assert "欧阳修远的朋友" in str(conversation.session.results["t1"].details) + str(conversation.session.results["t1"].message)
    conversation.answer("How many of them?")
    conversation.answer("Thanks")
    assert [secret for secret in SECRETS if secret in _sent(fake)] == []


@pytest.mark.parametrize("written", ["13900001111", "ouyang@shop.example", "欧阳修远"])
def test_what_is_masked_still_works(people: Start, written: str) -> None:
    kind = {"1": "phone", "o": "email"}.get(written[0], "name")
    fake, conversation = people(call("look_up_customer", customer_id=f"‹{kind}-1›"), Reply(f"This is ‹{kind}-1›."))
    answer = conversation.answer(f"look up {written}")
    assert answer.outcome is Outcome.ANSWERED, answer.text
    assert written not in _sent(fake)
    assert answer.text == f"This is {written}.", "the operator reads what they wrote"
    assert answer.steps[0].arguments == {"customer_id": written}


def test_the_key_alone_is_in_the_headers(people: Start) -> None:
    fake, conversation = people(Reply("Hello."))
    conversation.answer("你好，王小明 13800138000")
    assert "authorization: bearer empty" in fake.headers[0].lower()
    assert "13800138000" not in fake.headers[0]


@pytest.mark.parametrize(
    "harmless",
    [
        "2017-10-01 to 2017-12-31", "revenue 4596039.58 of 155848 orders", "order 1234567890123", "前10名客户在哪个品类",
        "Top 10 Customers by Store",
        "1,298,514,694", "客户1228消费超过2000元", "0.12345678901234567", "商品 6901234567892", "5 stores on the street",
    ],
)  # fmt: skip
def test_ordinary_numbers_are_not_hidden(harmless: str) -> None:
    assert Mask().hide(harmless) == harmless


def test_values_with_quotes_come_back_whole() -> None:
    mask = Mask({'O"Neil': "name"})
    hidden = mask.hide_in({"customer_id": 'O"Neil', "list": ['O"Neil'], "number": 3})
    assert hidden == {"customer_id": "‹name-1›", "list": ["‹name-1›"], "number": 3}
    assert mask.reveal_in(hidden) == {"customer_id": 'O"Neil', "list": ['O"Neil'], "number": 3}
