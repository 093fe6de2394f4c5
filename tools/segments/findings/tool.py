"""The tool that finds behaviour which asks for action.

An answer should speak of: ``customers`` and the share beside it (``share_of_tried``, ``share_of_active`` or
``share_of_mailed``); for items the first ``item<n>.customers`` and ``item<n>.share`` with their names in
``details["items"]``; for logins ``change`` of everybody and ``by_chance``; then the first ``row<n>`` of the list.
"""

from __future__ import annotations

from collections.abc import Callable

from tools.contracts import Outcome, Text, ToolResult
from tools.requests import FindBehaviour
from tools.segments.findings.finding import Finding
from tools.segments.findings.logins import find_declining
from tools.segments.findings.mails import find_unopened
from tools.segments.findings.unbought import find_unbought
from tools.warehouse.context import ToolContext

TOOL = "find_behaviour"
_FINDERS: dict[str, Callable[[ToolContext, FindBehaviour], Finding]] = {
    "viewed_not_bought": find_unbought,
    "carted_not_bought": find_unbought,
    "declining_logins": find_declining,
    "unopened_mails": find_unopened,
}


def find_behaviour(ctx: ToolContext, request: FindBehaviour) -> ToolResult:
    """Customers with one pattern of behaviour: how many, who, and what it is about.

    Raises:
        UnsupportedQuestion: The data that it needs were not loaded; says what to load.
        NotEnoughData: The data do not reach back far enough.
        InputError: The window does not fit.
    """
    found = _FINDERS[request.pattern](ctx, request)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), found.definition, *found.statements)
    message = Text(zh=f"没有找到：{found.interpretation.zh}。", en=f"Nobody was found: {found.interpretation.en}.")
    return ToolResult(
        tool=TOOL,
        outcome=Outcome.ANSWERED if found.customers else Outcome.EMPTY,
        figures=found.figures,
        tables=found.tables if found.customers else (),
        charts=found.charts if found.customers else (),
        receipts=(receipt.model_copy(update={"source_tables": found.source_tables}),),
        caveats=found.caveats,
        interpretation=found.interpretation,
        message=None if found.customers else message,
        selection=found.selection,
        details={"pattern": request.pattern, **found.details},
    )
