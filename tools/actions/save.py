"""Saves customers as a named segment: a versioned rule whose members are kept up to date.

An answer should speak of: ``customers`` and ``share_of_customers``, the name in ``details["name"]``; with
``details["state"]`` "changed" also ``version``, ``joined`` and ``departed``; "same" means that nothing changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tools.contracts import Figure, Receipt, Statement, Text, ToolResult, Unit
from tools.errors import InputError
from tools.requests import SaveSegment
from tools.rules import AllOf, AnyOf, Condition, InSegment, NotRule, SegmentRule, Selection
from tools.segments.compiler import compile_rule, compile_selection
from tools.segments.freshness import freshness_caveats, require_features
from tools.segments.grounding import ground
from tools.segments.membership import Movement, fill_saved, save_segment
from tools.segments.reporting import figure, share
from tools.segments.resolve import fold_name, reserved_name, resolve_customers
from tools.segments.sentences import describe_selection
from tools.segments.stored import SAVED, stored_names, stored_rules, write_rule
from tools.segments.tiers.step import stored_limits
from tools.warehouse.context import ToolContext
from tools.warehouse.warehouse import Warehouse

TOOL = "save_segment"
MOST_IDS = 5000
"""Customers that a segment names one by one at most, where a list was cut."""
_HANDLE = re.compile(r"t\d+(\.\d+)?|last")


@dataclass(frozen=True)
class Draft:
    """A segment that can be saved: everything is checked, nothing is written.

    Args:
        segment_id: Its id.
        name: As the operator called it.
        rule: Who is in it.
        words: Whom that is.
        before: The rule of the version before; None for a new name.
        everyone: All customers.
        fixed: Whether it is a list of customers that stays as it is.
        cut: Whether that list was cut from a longer one.
        receipt: What the figures rest on.
        caveats: What a reader must know.
    """

    segment_id: str
    name: Text
    rule: SegmentRule
    words: Text
    before: SegmentRule | None
    everyone: int
    fixed: bool
    cut: bool
    receipt: Receipt
    caveats: tuple[Text, ...]


def draft_segment(ctx: ToolContext, request: SaveSegment) -> Draft:
    """The segment that a request would save.

    Args:
        ctx: Reads the warehouse; its connection must be given back before the draft is saved.
        request: Who, and the name.

    Raises:
        InputError: The name belongs to a group of a scheme or says nothing, a cut list is too long, or the rule refers
            to itself through other segments.
        UnsupportedQuestion: Features were never computed.
    """
    require_features(ctx)
    segment_id, name = _called(ctx, request.name)
    selection = ground(ctx, resolve_customers(ctx, request.customers))
    query = compile_selection(ctx, selection)
    words = describe_selection(selection, None, stored_names(ctx.engine))
    rules = stored_rules(ctx.engine)
    before = rules.get(segment_id)
    cut = selection.limit is not None
    meant = {**_found_rules(ctx, rules), **({segment_id: before} if before is not None else {})}
    rule = _listed(ctx, selection) if cut else _spelt_out(selection.rule, meant)
    # A circle through other segments is refused before anything is written.
    compile_rule(rule, ctx.as_of, {**rules, segment_id: rule}, stored_limits(ctx.engine))
    definition = Text(zh=f"分群“{name.zh}”：{words.zh}。", en=f"The segment “{name.en}”: {words.en}.")
    statement = Statement(sql=query.sql, parameters=query.parameters)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json", by_alias=True), definition, statement)
    everyone = int(ctx.engine.rows("SELECT count(*) FROM customers")[0][0])
    return Draft(segment_id, name, rule, words, before, everyone, is_fixed(rule), cut, receipt, freshness_caveats(ctx))


def save_draft(warehouse: Warehouse, draft: Draft) -> ToolResult:
    """Store the segment as a new version, fill its members and say what changed.

    Raises:
        WarehouseBusy: Another process works on the file.
    """
    with warehouse.writing() as engine, engine.transaction():
        version = save_segment(engine, draft.segment_id, draft.name, draft.rule, SAVED, draft.receipt.as_of)
        assert draft.receipt.as_of is not None
        movement = fill_saved(engine, draft.segment_id, draft.receipt.as_of)
    same = draft.before is not None and write_rule(draft.before) == write_rule(draft.rule)
    state: Literal["new", "changed", "same"] = "new" if draft.before is None else "same" if same else "changed"
    return ToolResult(
        tool=TOOL,
        figures=_figures(draft, movement, version, state),
        receipts=(draft.receipt,),
        caveats=(*draft.caveats, *_caveats(draft, movement, version, state)),
        interpretation=draft.words,
        selection=Selection(rule=InSegment(segment=draft.segment_id)),
        details={"segment": draft.segment_id, "name": draft.name.model_dump(), "state": state, "fixed": draft.fixed},
    )


def _called(ctx: ToolContext, wanted: str) -> tuple[str, Text]:
    """The id and name of the segment: those of the saved one that is called so, else new ones."""
    name = " ".join(wanted.split())
    taken = reserved_name(name)
    if taken is not None:
        raise InputError(f"“{name}” already means {taken.en}; choose another name.", f"“{name}”已经是“{taken.zh}”的名称，请换一个名字。")
    folded = fold_name(name)
    if not folded or folded.isdigit() or _HANDLE.fullmatch(name.casefold()):
        raise InputError(
            f"“{name}” cannot name a segment; use a name with letters, such as VIP sleepers.",
            f"“{name}”不能作为分群名称；请用带文字的名字，例如“高价值沉睡客户”。",
        )
    names = stored_names(ctx.engine)
    for found, text in names.items():
        if folded in (fold_name(found), fold_name(text.zh), fold_name(text.en)):
            _check_saved(ctx, found, text)
            return found, text
    return re.sub(r"\W+", "_", name.casefold()).strip("_"), Text(zh=name, en=name)


def _check_saved(ctx: ToolContext, segment_id: str, name: Text) -> None:
    """Refuse the name of a group that was found rather than saved: the next refresh would find it anew."""
    schemes = ctx.engine.rows("SELECT arg_max(scheme, version) FROM segments WHERE segment_id = $id", {"id": segment_id})
    if schemes and schemes[0][0] != SAVED:
        raise InputError(
            f"“{name.en}” is the name of a cluster, which every refresh finds anew; choose another name.",
            f"“{name.zh}”是聚类得到的分群名称，每次刷新会重新计算；请换一个名字。",
        )


def _listed(ctx: ToolContext, selection: Selection) -> SegmentRule:
    """The customers of a cut list one by one: which ones a list holds tomorrow, no rule can say."""
    query = compile_selection(ctx, selection)
    ids = ctx.engine.query(query.sql, query.parameters).column("customer_id").to_pylist()
    if len(ids) > MOST_IDS:
        raise InputError(
            f"A list cut to {len(ids):,} customers is too long to be kept one by one (at most {MOST_IDS:,}); save its rule without the "
            "cut, or a shorter list.",
            f"截取的名单有 {len(ids):,} 位客户，逐一保存最多 {MOST_IDS:,} 位；请不截取、直接保存规则，或缩短名单。",
        )
    return Condition(field="customer_id", op="in", value=ids) if ids else AnyOf(any=())


def is_fixed(rule: SegmentRule) -> bool:
    """Whether a rule names its customers one by one, so that new data change nothing about who is in it."""
    match rule:
        case Condition():
            return rule.field == "customer_id" and rule.op in ("=", "in")
        case AnyOf():
            return all(is_fixed(part) for part in rule.any)
        case AllOf():
            return bool(rule.all) and all(is_fixed(part) for part in rule.all)
    return False


def _is_within_list(rule: SegmentRule) -> bool:
    """Whether only customers of a list that names them can ever be in it."""
    return isinstance(rule, AllOf) and any(is_fixed(part) or _is_within_list(part) for part in rule.all)


def _found_rules(ctx: ToolContext, rules: Mapping[str, SegmentRule]) -> dict[str, SegmentRule]:
    """The rules of the groups that were found rather than saved: the next refresh may find others in their place."""
    saved = {row[0] for row in ctx.engine.rows("SELECT DISTINCT segment_id FROM segments WHERE scheme = $scheme", {"scheme": SAVED})}
    return {found: rule for found, rule in rules.items() if found not in saved}


def _spelt_out(rule: SegmentRule, meant: Mapping[str, SegmentRule]) -> SegmentRule:
    """The rule with names replaced by what they mean now: the segment's own, so that it can be narrowed, and those of clusters."""
    match rule:
        case InSegment():
            return rule if rule.on else meant.get(rule.segment, rule)
        case AllOf():
            return AllOf(all=tuple(_spelt_out(part, meant) for part in rule.all))
        case AnyOf():
            return AnyOf(any=tuple(_spelt_out(part, meant) for part in rule.any))
        case NotRule():
            return NotRule(not_=_spelt_out(rule.not_, meant))
    return rule


def _figures(draft: Draft, movement: Movement, version: int, state: str) -> tuple[Figure, ...]:
    found = [
        figure("customers", "分群人数", "customers in the segment", movement.closing, Unit.COUNT),
        figure("share_of_customers", "占全部客户", "share of all customers", share(movement.closing, draft.everyone), Unit.SHARE),
        figure("version", "版本", "version", version, Unit.COUNT),
    ]
    if state == "changed":
        found += [
            figure("before", "此前人数", "customers before", movement.opening, Unit.COUNT),
            figure("joined", "新增", "joined", movement.joined, Unit.COUNT),
            figure("departed", "移出", "left", movement.departed, Unit.COUNT),
        ]
    return tuple(one for one in found if one.value is not None)


def _caveats(draft: Draft, movement: Movement, version: int, state: str) -> list[Text]:
    said = []
    if state == "changed":
        said.append(
            Text(
                zh=f"“{draft.name.zh}”原有的规则已更新为第 {version} 版，旧版本仍保留。",
                en=f"“{draft.name.en}” existed; this is its version {version}, and the earlier ones are kept.",
            )
        )
    if state == "same":
        said.append(
            Text(
                zh=f"“{draft.name.zh}”已有相同的规则，没有产生新版本。",
                en=f"“{draft.name.en}” had the same rule already, so there is no new version.",
            )
        )
    if draft.fixed and movement.closing:
        said.append(
            Text(
                zh=f"这是一份{'截取的' if draft.cut else ''}名单，按客户编号固定保存，不会随数据更新。",
                en=f"It is a list{' that was cut' if draft.cut else ''}, so it is kept customer by customer "
                "and does not change with the data.",
            )
        )
    elif _is_within_list(draft.rule):
        said.append(
            Text(
                zh="只有一份固定名单里的客户可能在其中；名单之外的客户不会随数据进入。",
                en="Only customers of a fixed list can be in it; others do not join as data come in.",
            )
        )
    if not movement.closing:
        said.append(Text(zh="目前没有客户符合这个分群。", en="Nobody is in the segment at present."))
    return said
