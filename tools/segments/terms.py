"""The tool `explain_term`: segments, bands and schemes in words; every other word is the catalogue's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.contracts import Text, ToolResult
from tools.errors import UnknownName
from tools.metrics.catalogue import catalogue
from tools.metrics.entries import Entry
from tools.metrics.terms import definition_of, term_names
from tools.metrics.terms import explain_term as explain_entry
from tools.requests import ExplainTerm
from tools.rules import InSegment, Selection
from tools.segments.ends import ends_of_group, ends_of_scheme
from tools.segments.playbook import playbook
from tools.segments.resolve import segment_id
from tools.segments.schemes import (
    AIPL,
    CHURN,
    EIGHT,
    EIGHT_CELLS,
    LIFECYCLE,
    MEMBERSHIP,
    RFM,
    RFM_CELLS,
    SCHEMES,
    VALUE_ACTIVITY,
    Group,
    Scheme,
    group_of,
    scheme_of,
)
from tools.segments.sentences import describe_rule
from tools.segments.stored import stored_names, stored_rules
from tools.warehouse.context import ToolContext

TOOL = "explain_term"
_SCORED = ("rfm", "recency", "frequency", "monetary", "recency_score", "frequency_score", "monetary_score")
"""Entries that are told with the days, orders and money where a score ends."""
_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    RFM.id: ("rfm groups", "RFM客群", "RFM 客户分群", "25格分群"),
    EIGHT.id: (
        "eight groups",
        "the eight groups",
        "eight rfm groups",
        "八分群",
        "八大客群",
        "八大客户群",
        "RFM八分群",
        "经典八分群",
        "八类客户",
    ),
    CHURN.id: ("churn bands", "risk bands", "churn risk band", "流失风险等级", "流失等级", "风险等级", "流失分层", "风险分层"),
    VALUE_ACTIVITY.id: (
        "value activity grid",
        "value-activity grid",
        "value-activity matrix",
        "value activity matrix",
        "nine cells",
        "价值活跃度矩阵",
        "价值活跃度",
        "九宫格",
        "价值-活跃度",
        "价值活跃度九宫格",
    ),
    MEMBERSHIP.id: ("membership levels", "member tiers", "loyalty tiers", "membership", "会员分层", "会员级别", "会员层级"),
    LIFECYCLE.id: ("lifecycle", "customer lifecycle", "life cycle", "客户生命周期", "生命周期阶段"),
    AIPL.id: ("aipl", "aipl model", "aipl funnel", "AIPL模型", "AIPL漏斗", "AIPL人群"),
}
"""What operators call the schemes besides their names."""


def explain_term(ctx: ToolContext, request: ExplainTerm) -> ToolResult:
    """What a segment, band, scheme, metric, dimension, field or word of the product means, and what to do about a segment.

    A word that means a segment and something else is explained as the segment; the other meaning is a caveat.

    Raises:
        UnknownName: Nothing has that name; the message has the closest ones.
    """
    entry = catalogue().entry(request.term)
    scheme = _scheme(request.term) or _scheme_of_field(entry)
    found = _segment(ctx, request.term)
    if scheme is not None:
        return _explained(ctx, request, scheme.id, "scheme", scheme.name, _scheme_text(ctx, scheme), _OTHER_NAMES[scheme.id])
    if found is not None and (entry is None or _is_named(found, request.term)):
        return _explain_segment(ctx, request, found, entry)
    if entry is None and request.term.strip():
        return _entry_or_nearest(ctx, request)
    if entry is not None and entry.id in _SCORED:
        return _with_ends(ctx, explain_entry(ctx, request))
    return explain_entry(ctx, request)


def _with_ends(ctx: ToolContext, found: ToolResult) -> ToolResult:
    """The definition of the scores with what they come to today."""
    ends = ends_of_scheme(ctx, RFM)
    if ends is None:
        return found
    said = found.details["definition"]
    definition = {"zh": f"{said['zh']}{ends.zh}", "en": f"{said['en']} {ends.en.strip()}"}
    return found.model_copy(update={"details": {**found.details, "definition": definition}})


def _scheme(term: str) -> Scheme | None:
    wanted = _folded(term)
    return next((one for one in SCHEMES.values() if wanted in map(_folded, (one.name.zh, one.name.en, *_OTHER_NAMES[one.id]))), None)


def _scheme_of_field(entry: Entry | None) -> Scheme | None:
    """The scheme of a dimension or field that tells customers apart by its groups."""
    return next((one for one in SCHEMES.values() if entry is not None and one.field == entry.id), None)


def _segment(ctx: ToolContext, term: str) -> str | None:
    try:
        return segment_id(ctx, term)
    except UnknownName:
        return None


def _is_named(found: str, term: str) -> bool:
    group = group_of(found)
    return group is not None and _folded(term) in map(_folded, (group.id, group.name.zh, group.name.en))


def _folded(term: str) -> str:
    return "".join(term.casefold().replace("_", " ").split())


def _entry_or_nearest(ctx: ToolContext, request: ExplainTerm) -> ToolResult:
    try:
        return explain_entry(ctx, request)
    except UnknownName:
        zh, en = term_names("zh"), term_names("en")
        zh += [text.zh for text in _names(ctx)]
        en += [text.en for text in _names(ctx)]
        raise UnknownName("term", "术语", request.term, en, zh, most=5) from None


def _names(ctx: ToolContext) -> Iterator[Text]:
    for scheme in SCHEMES.values():
        yield scheme.name
        yield from (group.name for group in scheme.groups)
    yield from stored_names(ctx.engine).values()


def _explain_segment(ctx: ToolContext, request: ExplainTerm, found: str, entry: Entry | None) -> ToolResult:
    group, scheme = group_of(found), scheme_of(found)
    caveats = []
    if entry is not None:
        other = definition_of(entry)
        caveats.append(Text(zh=f"“{entry.name.zh}”另有一义：{other.zh}", en=f"“{entry.name.en}” also means: {other.en}"))
    if group is None or scheme is None:
        names = stored_names(ctx.engine)
        name, rule = names[found], describe_rule(stored_rules(ctx.engine)[found], ctx.as_of, names)
        text = Text(zh=f"您保存的分群，条件是：{rule.zh}。", en=f"A segment that you saved: {rule.en}.")
        return _explained(ctx, request, found, "segment", name, text, (), caveats)
    return _explained(ctx, request, found, "segment", group.name, _group_text(ctx, group, scheme), group.aliases, caveats)


def _explained(
    ctx: ToolContext,
    request: ExplainTerm,
    found: str,
    kind: str,
    name: Text,
    definition: Text,
    others: Sequence[str],
    caveats: Sequence[Text] = (),
) -> ToolResult:
    return ToolResult(
        tool=TOOL,
        receipts=(ctx.receipt(TOOL, request.model_dump(mode="json"), definition),),
        interpretation=name,
        caveats=tuple(caveats),
        selection=Selection(rule=InSegment(segment=found)) if kind == "segment" else None,
        details={
            "id": found,
            "kind": kind,
            "name": name.model_dump(),
            "definition": definition.model_dump(),
            "also_called": {"zh": [one for one in others if not one.isascii()], "en": [one for one in others if one.isascii()]},
            "splits": [],
            "values": [],
        },
    )


def _scheme_text(ctx: ToolContext, scheme: Scheme) -> Text:
    zh = "；".join(f"{group.name.zh}：{group.meaning.zh}" for group in scheme.groups)
    en = "; ".join(f"{group.name.en}: {group.meaning.en}" for group in scheme.groups)
    ends = ends_of_scheme(ctx, scheme) or Text(zh="", en="")
    return Text(zh=f"{scheme.definition.zh}{ends.zh}各群是：{zh}。", en=f"{scheme.definition.en} {ends.en}The groups are: {en}.")


def _group_text(ctx: ToolContext, group: Group, scheme: Scheme) -> Text:
    ends = ends_of_group(ctx, group, scheme) or Text(zh="", en="")
    rule, goal = _rule(group, scheme), playbook()[group.id].goal
    return Text(
        zh=f"“{scheme.name.zh}”中的一群：{group.meaning.zh}。{rule.zh}{ends.zh}建议：{goal.zh}",
        en=f"One of the {scheme.name.en}: {group.meaning.en}. {rule.en}{ends.en}What to do: {goal.en}",
    )


def _rule(group: Group, scheme: Scheme) -> Text:
    if scheme is RFM and group.id != "prospects":
        cells = _cells(group.id)
        zh = "；或 ".join(f"R={recency} 且 FM={scores}" for recency, scores in cells)
        en = ", or ".join(f"R {recency} with FM {scores}" for recency, scores in cells)
        return Text(
            zh=f"规则：{zh}（R、F、M 各为1–5分，5分最好；FM 是 F 与 M 的平均分，四舍五入）。",
            en=f"Rule: {en} (scores from 1 to 5, 5 is best; FM is the mean of F and M, rounded half up). ",
        )
    if scheme is EIGHT:
        high = next(cell for cell, name in EIGHT_CELLS.items() if name == group.id)
        zh = "、".join(f"{letter} {'高' if is_high else '低'}" for letter, is_high in zip("RFM", high, strict=True))
        en = ", ".join(f"{letter} {'high' if is_high else 'low'}" for letter, is_high in zip("RFM", high, strict=True))
        return Text(zh=f"规则：{zh}（得分高于全体平均分为高）。", en=f"Rule: {en} (high is above the population's mean score). ")
    return Text(zh="", en="")


def _cells(group_id: str) -> list[tuple[str, str]]:
    """The R scores of a group with their FM scores, such as ("4–5", "4–5"); scores of a group are always neighbours."""
    by_scores: dict[tuple[int, ...], list[int]] = {}
    for recency, groups in RFM_CELLS.items():
        scores = tuple(score for score, name in enumerate(groups, 1) if name == group_id)
        if scores:
            by_scores.setdefault(scores, []).insert(0, recency)
    return [(_span(recencies), _span(scores)) for scores, recencies in by_scores.items()]


def _span(scores: Sequence[int]) -> str:
    neighbours = list(scores) == list(range(scores[0], scores[-1] + 1))
    return f"{scores[0]}–{scores[-1]}" if neighbours and len(scores) > 1 else ", ".join(map(str, scores))
