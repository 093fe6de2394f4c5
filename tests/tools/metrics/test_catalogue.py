from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
import yaml
from pydantic import TypeAdapter, ValidationError

import tools.metrics.catalogue as module
from tools.contracts import Unit
from tools.errors import UnknownName
from tools.metrics.catalogue import Entry, Metric, attribute_expression, catalogue
from tools.warehouse.context import ToolContext

KNOWN = catalogue()
FOLDER = Path(module.__file__).parent / "catalogue"
EVERYTHING: list[Entry] = [*KNOWN.metrics, *KNOWN.dimensions, *KNOWN.fields, *KNOWN.terms]


def test_fields_are_the_columns_of_the_customer_base(ctx: ToolContext) -> None:
    columns = {row[0] for row in ctx.engine.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'customer_base'")}
    assert {field.id for field in KNOWN.fields if field.table == "customer_base"} == columns - {"attributes"}


def test_personal_fields_are_not_in_the_customer_base() -> None:
    personal = {field.id for field in KNOWN.fields if field.personal}
    assert personal == {"name", "email", "phone", "address", "birth_date", "membership_number"}
    assert all(field.table == "customers" for field in KNOWN.fields if field.personal)


@pytest.mark.parametrize("entry", EVERYTHING, ids=lambda entry: f"{type(entry).__name__}-{entry.id}")
def test_every_entry_reads_in_both_languages(entry: Entry) -> None:
    assert entry.name.zh
    assert entry.name.en
    definition = getattr(entry, "definition", None)
    if definition is not None:
        assert definition.zh.endswith("。")
        assert definition.en.endswith(".")
        assert not any(mark in definition.zh for mark in (",", ";"))


def test_no_name_means_two_metrics_or_two_dimensions() -> None:
    for entries in (KNOWN.metrics, KNOWN.dimensions):
        owners: dict[str, str] = {}
        for entry in entries:
            for word in {one.casefold() for one in entry.words}:
                assert owners.setdefault(word, entry.id) == entry.id, word


def test_ratios_are_of_metrics_with_forms_and_sources_exist() -> None:
    sources = {source.id for source in KNOWN.sources}
    for metric in KNOWN.metrics:
        assert all(form.source in sources for form in metric.forms)
        if metric.ratio:
            assert KNOWN.metric(metric.ratio.numerator).forms
            assert KNOWN.metric(metric.ratio.denominator).forms


def test_all_sql_transpiles_to_spark() -> None:
    texts = [form.sql for metric in KNOWN.metrics for form in metric.forms]
    texts += [dimension.sql for dimension in KNOWN.dimensions] + [f"1 FROM {source.sql}" for source in KNOWN.sources]
    for text in texts:
        assert sqlglot.transpile(f"SELECT {text}", read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("revenue", "revenue"),
        ("AOV", "average_order_value"),
        ("客单价", "average_order_value"),
        ("复购率", "repeat_rate"),
        (" GMV ", "revenue"),
    ],
)
def test_a_metric_is_found_by_id_name_or_synonym(name: str, found: str) -> None:
    assert KNOWN.metric(name).id == found


def test_unknown_names_get_suggestions() -> None:
    with pytest.raises(UnknownName, match="no metric named 'revenu'; known: revenue"):
        KNOWN.metric("revenu")
    with pytest.raises(UnknownName, match="no dimension named 'catgory'; known: category"):
        KNOWN.dimension("catgory")
    with pytest.raises(UnknownName, match="no field named 'recency_day'; known: recency_days"):
        KNOWN.field("recency_day")


def test_attributes_are_dimensions_and_fields_whatever_their_names(ctx: ToolContext) -> None:
    dimension = KNOWN.dimension("attribute.会员 等级")
    values = ctx.engine.rows(f"SELECT {dimension.sql} FROM customer_base AS c WHERE c.customer_id = 'a'")
    assert values == [("金",)]
    field = KNOWN.field("attribute.会员 等级")
    assert ctx.engine.rows(f"SELECT {field.sql} FROM customer_base WHERE customer_id = 'b'") == [("银",)]
    assert field.unit is Unit.TEXT


@pytest.mark.parametrize("name", ['a"b', "it's", "a.b", "x[0]", "a\\b", "$"])
def test_odd_attribute_names_neither_break_nor_inject(ctx: ToolContext, name: str) -> None:
    import json

    sql = f"SELECT {attribute_expression(name)} FROM (SELECT $text AS attributes) AS one"
    assert ctx.engine.rows(sql, {"text": json.dumps({name: "found", "other": "no"})}) == [("found",)]


def test_families_of_fields() -> None:
    assert [field.id for field in KNOWN.field_group("contact")] == ["name", "email", "phone", "address"]
    assert "income_band" in [field.id for field in KNOWN.field_group("demographics")]
    assert KNOWN.field_group("nothing") == ()


def test_files_with_unknown_keys_are_refused() -> None:
    entries = yaml.safe_load((FOLDER / "metrics.yaml").read_text(encoding="utf-8"))
    entries[0]["formula"] = "1"
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        TypeAdapter(list[Metric]).validate_python(entries)


def test_a_metric_needs_forms_or_a_ratio() -> None:
    with pytest.raises(ValidationError, match="needs either forms or a ratio"):
        Metric.model_validate({"id": "x", "name": {"zh": "x", "en": "x"}, "definition": {"zh": "x", "en": "x"}, "unit": "count"})
