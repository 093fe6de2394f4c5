from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from tools.errors import UnsupportedQuestion
from tools.metrics.catalogue import catalogue
from tools.metrics.needs import require_dimension
from tools.metrics.values import attribute_names, is_filled, matching_values, scheme_names, usable_dimensions, value_index
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


def test_values_come_most_frequent_first(ctx: ToolContext) -> None:
    index = value_index(ctx)
    assert index["category"] == ["Drinks", "Food"]
    assert index["channel"] == ["store", "web"]
    assert index["gender"] == ["F", "M"]
    assert index["attribute.会员 等级"] == ["金", "银"]
    assert index["rfm_group"] == ["lost", "champions"]


def test_empty_dimensions_and_ids_are_left_out(ctx: ToolContext) -> None:
    index = value_index(ctx)
    assert not {"brand", "store", "region", "customer", "product", "month"} & set(index)
    assert "brand" not in {dimension.id for dimension in usable_dimensions(ctx)}


def test_attribute_names(ctx: ToolContext) -> None:
    assert attribute_names(ctx) == ["会员 等级"]


def test_what_is_filled(ctx: ToolContext) -> None:
    assert is_filled(ctx, "orders")
    assert is_filled(ctx, "orders.channel")
    assert not is_filled(ctx, "orders.store_id")


def test_values_match_letter_case_aside_by_value_or_name(ctx: ToolContext) -> None:
    assert matching_values(ctx, catalogue().dimension("category"), ["DRINKS", "nothing"]) == [("Drinks", "Drinks")]
    assert matching_values(ctx, catalogue().dimension("campaign"), ["spring"]) == [("k1", "Spring"), ("k2", "Spring")]


def test_segments_give_names(ctx: ToolContext) -> None:
    assert scheme_names(ctx, "rfm")["champions"].zh == "冠军客户"


def test_what_is_kept_follows_the_data(small: Warehouse) -> None:
    with open_context(small) as ctx:
        assert value_index(ctx) is value_index(ctx)
        other = type(ctx)(ctx.engine, ctx.as_of, "another version", ctx.config, ctx.warehouse_id)
        assert value_index(other) is not value_index(ctx)
        forgetful = type(ctx)(ctx.engine, ctx.as_of, ctx.data_version, ctx.config)
        assert value_index(forgetful) is not value_index(forgetful)


def test_attributes_that_tell_customers_apart_are_no_dimensions(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "attributes.duckdb")
    with warehouse.writing() as engine:
        texts = [json.dumps({"wechat": f"wx{i}", "level": str(i % 3), "note": "x" * 99 if i == 5 else "-"}) for i in range(40)]
        engine.register("texts", pa.table({"id": [str(i) for i in range(40)], "text": texts}))
        engine.execute("INSERT INTO customers (customer_id, attributes) SELECT id, text FROM texts")
        engine.execute("INSERT INTO orders (order_id, ordered_at, status, amount) VALUES ('1', '2024-01-05', 'completed', 1)")
    with open_context(warehouse) as ctx:
        assert attribute_names(ctx) == ["level", "note", "wechat"]
        assert [name for name in value_index(ctx) if name.startswith("attribute.")] == ["attribute.level"]
        with pytest.raises(UnsupportedQuestion, match="wechat has a value of its own for most customers"):
            require_dimension(ctx, catalogue().dimension("attribute.wechat"))
        with pytest.raises(UnsupportedQuestion, match="note has a value of its own"):
            require_dimension(ctx, catalogue().dimension("attribute.note"))
