"""The tool: stored and computed clusters, one of them, what the data lack, and names that later questions may use."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from tools.actions.export import export_customers
from tools.contracts import Outcome, ToolResult
from tools.errors import NotEnoughData, UnknownName, UnsupportedQuestion
from tools.models.clustering.methods import Method
from tools.requests import ClusterCustomers, ExportCustomers, FindCustomers
from tools.rules import InSegment
from tools.segments.clusters.tool import cluster_customers
from tools.segments.compiler import compile_selection
from tools.segments.find import find_customers
from tools.segments.resolve import resolve_customers, segment_id
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


def _ask(ctx: ToolContext, **arguments: object) -> ToolResult:
    return cluster_customers(ctx, ClusterCustomers.model_validate(arguments))


def _count(ctx: ToolContext, found: ToolResult) -> int:
    assert found.selection is not None
    query = compile_selection(ctx, found.selection)
    return len(ctx.engine.rows(query.sql, query.parameters))


def test_stored_clusters_are_told_with_figures_tables_charts_and_a_receipt(ctx: ToolContext) -> None:
    found = _ask(ctx)
    assert found.outcome is Outcome.ANSWERED
    numbers = [one["number"] for one in found.details["clusters"]]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert found.figure("customers").value == sum(found.figure(f"c{number}.customers").value for number in numbers)  # type: ignore[misc]
    assert sum(found.figure(f"c{number}.share_of_revenue").value for number in numbers) == pytest.approx(1.0)  # type: ignore[misc]
    for one in found.details["clusters"]:
        for trait in one["traits"]:
            inside, base = found.figure(trait["figure"]).value, found.figure(f"{trait['figure']}.base").value
            assert (inside > base) == trait["is_high"]  # type: ignore[operator]
    assert [table.id for table in found.tables] == ["clusters", "choices"]
    assert [chart.id for chart in found.charts] == ["plane", "sizes"]
    spots = sum(len(trace["x"]) for trace in found.charts[0].en["data"])
    assert spots == ctx.engine.rows("SELECT count(*) FROM cluster_points")[0][0]
    receipt = found.receipts[0]
    assert receipt.model_version is not None
    assert receipt.model_version.startswith("clusters-1-kmeans (run ")
    assert receipt.seed == ctx.config.seed
    assert _count(ctx, found) == found.figure("customers").value


@pytest.mark.parametrize("word", ["2", "cluster 2", "cluster_2", "聚类2", "第2类"])
def test_one_cluster_is_asked_about_by_its_number(ctx: ToolContext, word: str) -> None:
    found = _ask(ctx, cluster=word)
    assert found.details["one"] == 2
    assert found.selection is not None
    assert found.selection.rule == InSegment(segment="cluster_2")
    assert _count(ctx, found) == found.figure("c2.customers").value
    assert found.tables[0].row_count == 1


@pytest.mark.parametrize("word", ["cluster 2", "Cluster_2", "聚类2", "聚类 2", "第2类", "2号聚类"])
def test_later_questions_may_call_a_cluster_by_number(ctx: ToolContext, word: str) -> None:
    assert segment_id(ctx, word) == "cluster_2"


def test_later_questions_may_call_a_cluster_by_name(ctx: ToolContext) -> None:
    for one in _ask(ctx).details["clusters"]:
        for language in ("zh", "en"):
            assert resolve_customers(ctx, one["name"][language]).rule == InSegment(segment=one["id"])


def test_an_unknown_cluster_is_named_with_those_that_exist(ctx: ToolContext) -> None:
    with pytest.raises(UnknownName, match=r"no cluster named '9'; known: .*6 \("):
        _ask(ctx, cluster="9")


@pytest.mark.parametrize("method", get_args(Method))
def test_every_method_answers(ctx: ToolContext, method: str) -> None:
    found = _ask(ctx, method=method, themes=["categories", "time_of_day", "events"])
    assert found.outcome is Outcome.ANSWERED
    assert found.receipts[0].model_version == f"clusters-1-{method}"
    assert found.receipts[0].statements
    assert ("noise_share" in {figure.id for figure in found.figures}) == (method in ("dbscan", "hdbscan"))
    assert len(found.details["clusters"]) >= 4


def test_a_given_number_is_kept_and_members_are_selected_by_id(ctx: ToolContext) -> None:
    found = _ask(ctx, clusters=3, cluster="1")
    assert found.figure("clusters").value == 3
    assert _count(ctx, found) == found.figure("c1.customers").value
    assert found.interpretation is not None
    assert "chosen" not in found.interpretation.en


def test_only_some_customers_are_clustered(ctx: ToolContext) -> None:
    who = {"field": "orders", "op": ">=", "value": 10}
    found = _ask(ctx, customers=who, clusters=3)
    assert found.figure("customers").value == ctx.engine.rows("SELECT count(*) FROM customer_features WHERE orders >= 10")[0][0]
    assert _count(ctx, found) == found.figure("customers").value


def test_the_same_question_has_the_same_answer(ctx: ToolContext) -> None:
    first, second = (_ask(ctx, themes=["value", "rhythm"]).model_dump_json() for _ in range(2))
    assert first == second


def test_the_demo_is_clustered_honestly(demo_context: ToolContext) -> None:
    found = _ask(demo_context)
    assert 5 <= found.figure("clusters").value <= 8  # type: ignore[operator]
    assert any("regions of a continuum" in caveat.en for caveat in found.caveats)
    names = [one["name"]["en"] for one in found.details["clusters"]]
    assert len(set(names)) == len(names)
    assert "Average customers" not in names
    shares = [found.figure(f"c{one['number']}.share_of_customers").value for one in found.details["clusters"]]
    assert min(shares) > 0.02  # type: ignore[type-var, operator]


def test_a_theme_that_the_data_lack_is_said(demo_context: ToolContext) -> None:
    with pytest.raises(UnsupportedQuestion, match="nothing about channel"):
        _ask(demo_context, themes=["channel"])


def test_density_methods_say_when_there_are_no_dense_groups(demo_context: ToolContext) -> None:
    found = _ask(demo_context, method="dbscan")
    assert found.outcome is Outcome.EMPTY
    assert found.message is not None
    assert "continuum" in found.message.en


def test_too_many_clusters_for_the_customers_are_refused(ctx: ToolContext) -> None:
    with pytest.raises(NotEnoughData, match="at least 600"):
        _ask(ctx, clusters=20, customers={"field": "orders", "op": ">=", "value": 30})


def test_lists_and_files_show_the_names_of_clusters(ctx: ToolContext) -> None:
    request = FindCustomers.model_validate({"rule": {"segment": "cluster_1"}, "columns": ["cluster"]})
    column = next(one for one in find_customers(ctx, request).tables[0].columns if one.id == "cluster")
    zh, en = ctx.engine.rows("SELECT name_zh, name_en FROM clusters WHERE cluster = 'cluster_1'")[0]
    assert (column.name_of("cluster_1", "zh"), column.name_of("cluster_1", "en")) == (zh, en)
    file = export_customers(ctx, ExportCustomers(customers="cluster 1", format="csv", columns=["cluster"])).files[0]
    lines = Path(file.path).read_text(encoding="utf-8-sig").splitlines()
    assert file.rows == len(lines) - 1 == ctx.engine.rows("SELECT customers FROM clusters WHERE cluster = 'cluster_1'")[0][0]
    assert f"{zh} {en}" in lines[1]


@pytest.mark.parametrize(
    "older",
    [
        "UPDATE clusters SET traits = '[]'",
        "UPDATE clusters SET traits = '{\"traits\": []}'",
        'UPDATE clusters SET traits = json_merge_patch(traits, \'{"traits": [{"column": "no_such_column", "inside": 1, "base": 1, '
        '"effect": 1}]}\')',
        "UPDATE clusters SET rule = '{\"was\": 1}'",
        "UPDATE model_runs SET quality = json_merge_patch(quality, '{\"choices\": null}') WHERE model = 'clusters'",
    ],
)
def test_clusters_of_an_older_form_are_found_anew(shop_copy: Warehouse, older: str) -> None:
    with shop_copy.writing() as engine:
        engine.execute(older)
    with open_context(shop_copy) as ctx:
        found = _ask(ctx)
        assert found.outcome is Outcome.ANSWERED
        assert len(found.details["clusters"]) == 6
        assert _count(ctx, found) == found.figure("customers").value
