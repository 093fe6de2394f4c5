"""Which entry of the playbook speaks for a selection: a named group's own, or that of the group most members are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.contracts import Text
from tools.rules import Selection
from tools.segments.compiler import compile_selection
from tools.segments.playbook import ASPECTS, GENERAL, Strategy, strategy
from tools.segments.reporting import plain_group
from tools.segments.schemes import CHURN, RFM, Scheme, group_of
from tools.segments.stored import fields_of, group_rules, stored_rules
from tools.warehouse.context import ToolContext

LEAST_SHARE = 1 / 3
"""Share of the customers that the largest group needs to speak for all of them."""


@dataclass(frozen=True)
class Advice:
    """A playbook entry and why it was chosen.

    Args:
        entry: The entry.
        group_id: Whose entry it is; "general" for the fallback.
        group_name: The group's name; None for the fallback.
        share: Share of the customers who are in the group.
        basis: "group" for a named group, "majority" for the largest, "general" for neither.
        caveats: What to say about the choice.
    """

    entry: Strategy
    group_id: str
    group_name: Text | None
    share: float
    basis: str
    caveats: tuple[Text, ...] = ()

    def details(self) -> dict[str, Any]:
        """As a template may read it."""
        return {
            "group": self.group_id,
            "group_name": self.group_name.model_dump() if self.group_name else None,
            "basis": self.basis,
            "aspects": {name: text.model_dump() for name, text in ASPECTS.items()},
            **self.entry.model_dump(mode="json"),
        }


def advise(ctx: ToolContext, selection: Selection) -> Advice:
    """The playbook entry for the customers of ``selection``.

    A selection that is one named group has that group's entry; any other has the entry of the group with most of its members
    (risk bands where the selection is about churn, RFM groups otherwise), or the general one where no group has a third.
    """
    named = group_of(plain_group(selection) or "")
    if named:
        return Advice(strategy(named.id), named.id, named.name, 1.0, "group")
    scheme = CHURN if _about_churn(ctx, selection) else RFM
    found = _largest(ctx, selection, scheme)
    group = next((group for group in scheme.groups if found and group.stored == found[0]), None)
    share = found[1] if found else 0.0
    if group is None or share < LEAST_SHARE:
        return Advice(strategy(GENERAL), GENERAL, None, share, "general", (_no_majority(scheme),))
    return Advice(strategy(group.id), group.id, group.name, share, "majority", (_by_majority(group.name, share),))


def _about_churn(ctx: ToolContext, selection: Selection) -> bool:
    known = {**group_rules(), **stored_rules(ctx.engine)}
    return any(name.startswith("churn_") for name in (*fields_of(selection.rule, known), selection.sort_by or ""))


def _largest(ctx: ToolContext, selection: Selection, scheme: Scheme) -> tuple[str, float] | None:
    query = compile_selection(ctx, selection)
    rows = ctx.engine.rows(
        f"SELECT s.{scheme.field} AS name, count(*) AS members FROM ({query.sql}) AS chosen "
        f"LEFT JOIN scores AS s ON s.customer_id = chosen.customer_id GROUP BY 1 ORDER BY members DESC, name",
        query.parameters,
    )
    total = sum(row[1] for row in rows)
    known = [(str(row[0]), row[1] / total) for row in rows if row[0] is not None]
    return known[0] if known else None


def _by_majority(name: Text, share: float) -> Text:
    return Text(
        zh=f"这群客户没有单独的策略，按其中人数最多的“{name.zh}”（{share:.0%}）给出。",
        en=f"These customers have no entry of their own; this is the one of {name.en}, the group most of them are in ({share:.0%}).",
    )


def _no_majority(scheme: Scheme) -> Text:
    return Text(
        zh=f"这群客户分散在{scheme.name.zh}的多个群中，给出通用策略；分群后再制定会更有效。",
        en=f"These customers are spread over several {scheme.name.en}, so this is the general strategy; one per group would do more.",
    )
