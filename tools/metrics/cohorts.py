"""The tool `cohort_retention`: customers by the period of their first order, and what they do in the periods after."""

from __future__ import annotations

from tools.contracts import CustomerQuery, ToolResult
from tools.errors import UnsupportedQuestion
from tools.requests import CohortRetention
from tools.warehouse.context import ToolContext

TOOL = "cohort_retention"


def cohort_retention(ctx: ToolContext, request: CohortRetention, customers: CustomerQuery | None = None) -> ToolResult:  # noqa: ARG001
    """Retention of cohorts of customers.

    Raises:
        UnsupportedQuestion: Always, for now.
    """
    raise UnsupportedQuestion(
        "Retention by cohort cannot be shown yet; ask for the retention rate by month instead.",
        "暂时还不能给出同期群留存表；可以改问“按月的留存率”。",
    )
