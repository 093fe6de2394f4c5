"""What a question needs of the loaded data, and the sentence when it is not there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

import yaml
from pydantic import Field, TypeAdapter

from tools.contracts import Frozen, Text
from tools.errors import UnknownName, UnsupportedQuestion
from tools.metrics.catalogue import ATTRIBUTE, Dimension, Entry
from tools.metrics.values import attribute_names, is_filled, is_identifying, remember
from tools.warehouse.context import ToolContext


class LoadedTable(Frozen):
    """A table as an operator calls it; ``refresh`` when a refresh makes it."""

    name: Text
    refresh: bool = False
    columns: dict[str, Text] = Field(default_factory=dict)


@lru_cache(maxsize=1)
def table_names() -> dict[str, LoadedTable]:
    """Tables by id."""
    text = (resources.files("tools.metrics") / "catalogue" / "tables.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, LoadedTable]).validate_python(yaml.safe_load(text))


def missing_need(ctx: ToolContext, needs: Iterable[str]) -> str | None:
    """The first table or column that is needed and holds nothing."""
    return next((need for need in needs if not is_filled(ctx, need)), None)


def require(ctx: ToolContext, entry: Entry, needs: Iterable[str]) -> None:
    """Refuse a question whose data were not loaded.

    Raises:
        UnsupportedQuestion: A table or column that ``entry`` needs is empty; names what to load.
    """
    need = missing_need(ctx, needs)
    if need is not None:
        raise lacking(entry, need)


def lacking(entry: Entry, need: str) -> UnsupportedQuestion:
    """The sentence for a need that is not met."""
    table_id, _, column = need.partition(".")
    table = table_names()[table_id]
    if table.refresh:
        return UnsupportedQuestion(
            f"{entry.name.en} needs {table.name.en}, which have not been computed yet; run: fenqun refresh.",
            f"“{entry.name.zh}”需要{table.name.zh}，目前尚未计算；请运行：fenqun refresh。",
        )
    if column:
        name = table.columns.get(column, Text(zh=column, en=column.replace("_", " ")))
        return UnsupportedQuestion(
            f"The loaded {table.name.en} have no {name.en}, so a question about {entry.name.en} cannot be answered; "
            f"load {table.name.en} with that column.",
            f"已载入的{table.name.zh}中没有{name.zh}，无法回答有关“{entry.name.zh}”的问题；请载入含该字段的{table.name.zh}。",
        )
    return UnsupportedQuestion(
        f"The loaded data have no {table.name.en}, so {entry.name.en} cannot be measured; load a file of {table.name.en}.",
        f"已载入的数据中没有{table.name.zh}，无法统计“{entry.name.zh}”；请先载入{table.name.zh}文件。",
    )


def require_dimension(ctx: ToolContext, dimension: Dimension) -> None:
    """Refuse a dimension that the data do not fill.

    Raises:
        UnknownName: There is no such attribute.
        UnsupportedQuestion: The column is empty, or tells customers apart.
    """
    if dimension.id.startswith(ATTRIBUTE):
        known = attribute_names(ctx)
        name = dimension.id.removeprefix(ATTRIBUTE)
        if name not in known:
            raise UnknownName("attribute", "属性", name, known)
        if is_identifying(ctx, name):
            raise UnsupportedQuestion(
                f"The attribute {name} has a value of its own for most customers, such as a name, a number or free text, "
                "so it is no dimension to group or filter by.",
                f"属性“{name}”几乎每位客户的取值都不同（例如姓名、编号或自由文本），不能用来分组或筛选。",
            )
        return
    require(ctx, dimension, dimension.needs)
    if dimension.id == "hour" and not _has_times(ctx):
        raise UnsupportedQuestion(
            "The loaded orders have dates without a time of day, so hours cannot be told apart; load orders with their times.",
            "已载入的订单只有日期，没有具体时间，无法回答与钟点有关的问题；请载入带时间的订单。",
        )


def _has_times(ctx: ToolContext) -> bool:
    """Whether any order or event has a time of day; one at midnight alone has only a date."""
    timed = "SELECT count(*) FROM {} WHERE {moment} <> CAST({moment} AS DATE)"
    counts = (timed.format("orders", moment="ordered_at"), timed.format("events", moment="occurred_at"))
    return remember(ctx, "times", lambda: any(ctx.engine.rows(sql)[0][0] for sql in counts))
