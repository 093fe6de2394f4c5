"""The tool that finds readable rules toward a target.

An answer should speak of: ``base_rate`` (of ``held_out`` cases), ``rules``, and of the first rules ``rule<n>.rate``,
``rule<n>.low`` to ``rule<n>.high``, ``rule<n>.lift`` and ``rule<n>.customers`` (today), with the words in
``details["leaves"][n - 1]["text"]``; ``details["judged_on"]`` says what was held out. ``t1.2`` is the handle of rule 2
of the result t1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.contracts import CustomerQuery, Outcome, Text, ToolResult
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.values import is_filled
from tools.models.rates import Rate, design_effect, rate_of
from tools.models.tree import Leaf, RuleTree
from tools.requests import FindRules
from tools.rules import SegmentRule, Selection
from tools.segments.compiler import compile_selection
from tools.segments.freshness import freshness_caveats, require_features, require_orders
from tools.segments.reporting import selection_name
from tools.segments.resolve import resolve_customers
from tools.segments.stored import fields_of, group_rules, stored_rules
from tools.segments.trees.cases import Parts, read_members, read_parts
from tools.segments.trees.columns import feature_names, lacking_names, steady_names, to_features
from tools.segments.trees.leaf_rules import leaf_rule, leaf_words
from tools.segments.trees.report import FEW_CASES, Found, FoundLeaf, caveats, definition, details, shown
from tools.segments.trees.targets import TARGETS, Target, outcome_words
from tools.warehouse.context import ToolContext

TOOL = "find_rules"
VERSION = "rules-1"
LEAST_LEAF, LEAST_SHARE = 50, 0.02
"""Cases of the fit that a leaf has at least: so many, and this share of all."""


@dataclass(frozen=True)
class _Asked:
    """What the request is about, resolved."""

    target: Target
    days: int
    name: Text | None
    members: CustomerQuery | None
    left_out: frozenset[str]


def find_rules(ctx: ToolContext, request: FindRules) -> ToolResult:
    """Rules of a shallow tree toward a target, each with size, rate, lift and interval on cases it was not learnt from.

    Args:
        ctx: Nothing after its date is read.
        request: What the rules lead to.

    Raises:
        NotEnoughData: The history, the customers or the outcomes do not suffice.
        UnsupportedQuestion: Features were never computed, or the data of the target were not loaded.
        InputError: Rules of membership were asked for without a segment.
    """
    require_features(ctx)
    asked = _resolve(ctx, request)
    names = [name for name in feature_names(ctx) if name not in asked.left_out]
    if asked.members is not None and asked.name is not None:
        parts = read_members(ctx, asked.members, asked.name, names)
    else:
        parts = read_parts(ctx, asked.target, asked.days, names)
        names = steady_names(names, *parts.history)
    tree, held = _grown(request.depth, parts, names)
    found = _found(ctx, asked, parts, tree, held)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), definition(found), parts.statement)
    receipt = receipt.model_copy(update={"model_version": VERSION})
    ignored = request.customers is not None and asked.members is None
    said = (*freshness_caveats(ctx), *caveats(found, ignored))
    if len(found.leaves) < 2:
        message = Text(
            zh=f"没有找到能可靠区分“{found.outcome.zh}”的规则：{found.among.zh}在已知特征上没有可信的差异。",
            en=f"No rule credibly tells apart who {found.outcome.en}: {found.among.en} do not differ in any known feature.",
        )
        return ToolResult(
            tool=TOOL, outcome=Outcome.EMPTY, receipts=(receipt,), caveats=said, interpretation=found.question, message=message
        )
    figures, table, chart = shown(found)
    return ToolResult(
        tool=TOOL,
        figures=figures,
        tables=(table,),
        charts=(chart,),
        receipts=(receipt,),
        caveats=said,
        interpretation=found.question,
        selection=Selection(rule=found.leaves[0].rule),
        details=details(found),
    )


def _resolve(ctx: ToolContext, request: FindRules) -> _Asked:
    target = TARGETS[request.target]
    if target.id != "segment":
        require_orders(ctx, Text(zh=f"寻找{target.name.zh}规则", en=f"finding rules of {target.name.en}"))
        if target.id == "response" and not (is_filled(ctx, "campaign_contacts") and is_filled(ctx, "campaign_responses")):
            raise UnsupportedQuestion(
                "Rules of response need campaigns with contacts and responses, and none are loaded; load a file of them.",
                "寻找营销响应的规则需要营销活动的触达和响应数据，目前没有载入；请先载入这些数据。",
            )
        usual = target.days or ctx.config.churn_horizon_days
        return _Asked(target, request.horizon_days or usual, None, None, frozenset())
    if request.customers is None:
        raise InputError(
            "Rules of membership need a segment: name one, such as champions, or refer to an earlier result.",
            "要解释分群成员，请指明一个分群（如“冠军客户”）或之前的结果。",
        )
    selection = resolve_customers(ctx, request.customers)
    own = frozenset(fields_of(selection.rule, {**group_rules(), **stored_rules(ctx.engine)}))
    sort = frozenset({selection.sort_by} if selection.sort_by else ())
    return _Asked(target, 0, selection_name(ctx, selection), compile_selection(ctx, selection), own | sort)


def _grown(depth: int, parts: Parts, names: Sequence[str]) -> tuple[RuleTree, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    lacking = lacking_names(parts.fit.rows, parts.held.rows)
    least = max(LEAST_LEAF, int(LEAST_SHARE * len(parts.fit.labels)))
    ids = parts.fit.rows.column("customer_id").combine_chunks().dictionary_encode()
    repeats = design_effect(ids.indices.to_numpy(), parts.fit.labels)
    tree = RuleTree(depth, least, repeats).fit(to_features(parts.fit.rows, names, lacking), parts.fit.labels)
    return tree, tree.apply(to_features(parts.held.rows, names, lacking))


def _found(ctx: ToolContext, asked: _Asked, parts: Parts, tree: RuleTree, held: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Found:
    outcome = outcome_words(asked.target, parts.days, asked.name)
    base = float(parts.held.labels.mean())
    leaves = []
    for place, leaf in enumerate(tree.leaves_):
        inside = held == place
        rate = rate_of(int(parts.held.labels[inside].sum()), int(inside.sum()), base)
        leaves.append(_leaf(ctx, asked.target, leaf, rate))
    # Rules that hardly any held-out case can vouch for come last, so that nobody acts on them first.
    leaves.sort(key=lambda one: one.rate.cases < FEW_CASES)
    whole = rate_of(int(parts.held.labels.sum()), len(parts.held.labels), base)
    left_out = asked.left_out if asked.members is not None else frozenset()
    return Found(asked.target, outcome, asked.name, parts, tuple(leaves), whole, left_out)


def _leaf(ctx: ToolContext, target: Target, leaf: Leaf, rate: Rate) -> FoundLeaf:
    rule = leaf_rule(leaf.clauses, target.who)
    return FoundLeaf(leaf_words(leaf.clauses), rule, leaf.cases, rate, _customers_today(ctx, rule))


def _customers_today(ctx: ToolContext, rule: SegmentRule) -> int:
    query = compile_selection(ctx, Selection(rule=rule))
    return int(ctx.engine.rows(f"SELECT count(*) FROM ({query.sql}) AS members", query.parameters)[0][0])
