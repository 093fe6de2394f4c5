"""What a load says of columns that it did not store, and of ids that it had to make."""

from __future__ import annotations

from tools.contracts import Text
from tools.ingest.clean import Cleaned
from tools.ingest.grains import GRAINS, makes_order_ids, mapped_field
from tools.ingest.report import counted
from tools.ingest.types import ColumnMapping, TableMapping
from tools.warehouse.engine import Engine

IGNORE = "ignore"


def left_out_notes(mapping: TableMapping) -> list[Text]:
    """Which columns have no place in the schema, and which are never stored for the sake of privacy."""
    unused = [column.source for column in mapping.columns if _is_unused(column, mapping)]
    private = [column.source for column in mapping.columns if column.target == IGNORE and column.reason != "operator"]
    notes = []
    if unused:
        notes.append(
            Text(
                zh=f"{mapping.source}：以下列没有对应的字段，未保存：{'、'.join(unused)}。",
                en=f"{mapping.source}: columns without a place in the schema were left out: {', '.join(unused)}.",
            )
        )
    if private:
        notes.append(
            Text(
                zh=f"{mapping.source}：以下列涉及隐私或与分析无关，不予保存：{'、'.join(private)}。",
                en=f"{mapping.source}: private columns that no analysis needs are never stored: {', '.join(private)}.",
            )
        )
    return notes


def made_id_notes(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """That orders had no ids, and what became of rows that are equal."""
    if not makes_order_ids(cleaned.mapping):
        return []
    source = cleaned.staged.source
    if cleaned.mapping.grain == "order_lines":
        return [
            Text(
                zh=f"{source} 没有订单编号：同一客户同一时间的各行算作一笔订单。",
                en=f"{source} has no order ids: rows of one customer at one time were taken as one order.",
            )
        ]
    again = engine.rows(f"SELECT count(*) FROM {cleaned.table} WHERE reason IS NULL AND contains(substr(order_id, 6), '-')")[0][0]
    zh, en = f"{source} 没有订单编号：每行算作一笔订单", f"{source} has no order ids: every row was taken as one order"
    if again:
        zh += f"，其中 {again:,} 行与前面的某行完全相同，也各算一笔"
        en += f"; {counted(again, 'row')} equal to an earlier one also counted"
    return [Text(zh=zh + "。", en=en + ".")]


def _is_unused(column: ColumnMapping, mapping: TableMapping) -> bool:
    if mapping.grain == "customers" and column.target is None:
        return False
    if column.target in (None, "orders.shipping"):
        return True
    fields = (field for field in GRAINS[mapping.grain].fields if column.target in field.targets)
    return column.target not in ("ignore", "customers.attribute") and all(mapped_field(field, mapping) is None for field in fields)
