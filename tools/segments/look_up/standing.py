"""Where a customer stands: the segments they are in, what is missing from their profile, and what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tools.contracts import Column, Frozen, Table, Text, Unit
from tools.rendering import render
from tools.segments.look_up.lists import read_sql
from tools.segments.playbook import playbook
from tools.segments.schemes import SCHEMES, group_of
from tools.warehouse.context import ToolContext
from tools.warehouse.profile_parts import PARTS, part_known, present_parts

_OTHER_SCHEMES = {"saved": Text(zh="已保存的分群", en="Saved segments"), "clusters": Text(zh="聚类", en="Clusters")}
_MOST_STEPS = 2
FOR_ONE: dict[str, tuple[int, ...]] = {
    "champions": (0, 2),
    "needs_attention": (0, 2),
    "at_risk": (1, 2),
    "hibernating": (),
    "lost": (),
    "churn_high": (1,),
    "churn_middle": (0, 1),
}
"""Which actions of an entry fit one customer, where these are not its first two: some are about lists of customers."""


class Membership(Frozen):
    """A segment that the customer is in."""

    scheme: str
    scheme_name: Text
    segment: str
    name: Text


class NextStep(Frozen):
    """What to do, why, and when."""

    action: Text
    why: Text
    when: Text


def memberships(ctx: ToolContext, customer_id: str) -> list[Membership]:
    """The segments of all schemes, the schemes in their order, then clusters and saved segments."""
    rows = ctx.engine.rows(read_sql("memberships"), {"customer_id": customer_id})
    found = [
        Membership(
            scheme=scheme,
            scheme_name=SCHEMES[scheme].name if scheme in SCHEMES else _OTHER_SCHEMES.get(scheme, Text(zh=scheme, en=scheme)),
            segment=segment,
            name=Text(zh=zh, en=en),
        )
        for scheme, segment, zh, en in rows
    ]
    order = [*SCHEMES, *_OTHER_SCHEMES]
    return sorted(found, key=lambda one: order.index(one.scheme) if one.scheme in order else len(order))


def segments_table(found: list[Membership]) -> tuple[Table, ...]:
    """The segments as a table; none where the customer is in none."""
    if not found:
        return ()
    columns = (
        Column(id="scheme", label=Text(zh="分群方案", en="scheme"), unit=Unit.TEXT, names={one.scheme: one.scheme_name for one in found}),
        Column(id="segment", label=Text(zh="所在分群", en="segment"), unit=Unit.TEXT, names={one.segment: one.name for one in found}),
    )
    rows = tuple((one.scheme, one.segment) for one in found)
    return (Table(id="segments", title=Text(zh="所在分群", en="Segments they are in"), columns=columns, rows=rows, row_count=len(rows)),)


def missing_parts(ctx: ToolContext, customer_id: str) -> list[Text]:
    """The parts of a profile that others have and this customer lacks."""
    parts = present_parts(ctx.engine)
    if not parts:
        return []
    known = ctx.engine.rows(
        f"SELECT {', '.join(part_known(part) for part in parts)} FROM customers AS c WHERE c.customer_id = $id", {"id": customer_id}
    )[0]
    return [PARTS[part][0] for part, here in zip(parts, known, strict=True) if not here]


def next_steps(row: Mapping[str, Any], reasons: list[Text], as_of: dt.date) -> list[NextStep]:
    """One or two actions of the playbook: first against the risk of losing the customer, then those of their group."""
    group = group_of(row["rfm_group"] or "")
    wanted = [(f"churn_{row['churn_band']}", 1, _risk(row, reasons))] if row["churn_band"] in ("high", "middle") else []
    if group:
        wanted.append((group.id, _MOST_STEPS, Text(zh=f"属于{group.name.zh}", en=f"belongs to {group.name.en}")))
    steps = [
        NextStep(action=action, why=why, when=_when(row, playbook()[name].timing, as_of))
        for name, most, why in wanted
        for action in actions_for_one(name)[:most]
    ]
    return steps[:_MOST_STEPS]


def actions_for_one(name: str) -> list[Text]:
    """The actions of a playbook's entry that one customer can be treated to; its offer where it has none of these."""
    entry = playbook()[name]
    return [entry.actions[place] for place in FOR_ONE.get(name, (0, 1))] or [entry.offer]


def _risk(row: Mapping[str, Any], reasons: list[Text]) -> Text:
    first = reasons[0] if reasons else None
    if row["churn_probability"] is None:
        return first or Text(zh="购买节奏已明显落后", en="late by their own rhythm")
    shown = render(row["churn_probability"], Unit.PROBABILITY, "en")
    return Text(
        zh=f"流失概率 {shown}" + (f"：{first.zh}" if first else ""), en=f"churn probability {shown}" + (f": {first.en}" if first else "")
    )


def _when(row: Mapping[str, Any], timing: Text, as_of: dt.date) -> Text:
    due = row["next_order_date"]
    if due is None:
        return timing
    if due <= as_of:
        return Text(zh=f"现在（预计下次下单 {due}，已到期）", en=f"now (the next order was expected on {due})")
    return Text(zh=f"在预计下次下单的 {due} 之前", en=f"before {due}, when the next order is expected")


def steps_table(steps: list[NextStep]) -> tuple[Table, ...]:
    """The steps as a table; none where there are none."""
    if not steps:
        return ()

    def column(name: str, zh: str, en: str) -> Column:
        """A column of texts in both languages."""
        texts = [getattr(step, name) for step in steps]
        return Column(id=name, label=Text(zh=zh, en=en), unit=Unit.TEXT, names={text.en: text for text in texts})

    columns = (column("action", "做什么", "do"), column("why", "为什么", "why"), column("when", "何时", "when"))
    rows = tuple((step.action.en, step.why.en, step.when.en) for step in steps)
    return (Table(id="next_steps", title=Text(zh="下一步做什么", en="What to do next"), columns=columns, rows=rows, row_count=len(rows)),)
