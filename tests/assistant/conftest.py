"""A small warehouse with personal data, and a conversation whose language model is a local server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_openai import FakeOpenAI, Reply, serve

from assistant.conversation import Conversation, open_conversation
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse

PEOPLE = (
    ("c1", "王小明", "wang.xm@example.cn", "13800138000", "北京市朝阳区建国路1号"),
    ("c2", "Jane Doe", "jane@doe.example", "+1 415 555 0132", "12 Elm Street"),
    ("c3", "Will", "will@x.example", None, None),
    ("c4", None, None, None, None),
)
ORDERS = (
    ("o1", "c1", "2024-01-05", "100.50"),
    ("o2", "c1", "2024-02-01", "50.00"),
    ("o3", "c2", "2024-02-10", "20.25"),
    ("o4", "c3", "2024-03-01", "7.00"),
)


def fill(warehouse: Warehouse) -> None:
    """Four customers, four orders: $177.75 in all, the last on 2024-03-01."""
    with warehouse.writing() as engine, engine.transaction():
        for customer_id, name, email, phone, address in PEOPLE:
            engine.execute(
                "INSERT INTO customers (customer_id, name, email, phone, address) VALUES ($id, $name, $email, $phone, $address)",
                {"id": customer_id, "name": name, "email": email, "phone": phone, "address": address},
            )
        engine.execute("UPDATE customers SET attributes = '{\"remark\": \"friend of Zhang Wei\"}' WHERE customer_id = 'c1'")
        for order_id, customer_id, day, amount in ORDERS:
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, currency) "
                "VALUES ($id, $customer, CAST($day AS TIMESTAMP), 'completed', CAST($amount AS DECIMAL(18, 2)), 'USD')",
                {"id": order_id, "customer": customer_id, "day": day, "amount": amount},
            )


@pytest.fixture(scope="session")
def small_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tools.segments.refresh import refresh

    path = tmp_path_factory.mktemp("small") / "small.duckdb"
    warehouse = Warehouse(path)
    fill(warehouse)
    refresh(warehouse)
    return path


@pytest.fixture
def small(small_path: Path, tmp_path: Path) -> Warehouse:
    return Warehouse(small_path, Settings(home=tmp_path, model="fake", model_seconds=0.6, model_retries=1))


@pytest.fixture
def service(small: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[FakeOpenAI, Conversation]]]:
    """Starts a server with the given replies, and a conversation that asks it."""
    with ExitStack() as stack:

        def start(*replies: Reply) -> tuple[FakeOpenAI, Conversation]:
            fake = stack.enter_context(serve(list(replies)))
            monkeypatch.setenv("OPENAI_API_KEY", "empty")
            monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
            return fake, open_conversation(small)

        yield start
