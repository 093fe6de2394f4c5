"""What a query written by a language model may contain. Everything that is not here is refused."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


READABLE: Final[dict[str, tuple[str, ...] | None]] = {
    "counted_orders": None,
    "orders": None,
    "order_lines": None,
    "discounts": None,
    "products": None,
    "events": None,
    "campaigns": None,
    "campaign_contacts": None,
    "campaign_responses": None,
    "customer_features": None,
    "scores": None,
    "score_edges": None,
    "segments": None,
    "segment_members": None,
    "segment_changes": None,
    "customers": (
        "customer_id",
        "gender",
        "age",
        "age_band",
        "city",
        "region",
        "income",
        "income_band",
        "signup_at",
        "marketing_consent",
    ),
    "feedback": ("customer_id", "submitted_at", "rating"),
    "customer_base": None,
}
"""Tables and views; None is all columns but the hidden ones. A table with personal columns lists what may be read."""

HIDDEN: Final = frozenset({"attributes"})
"""Columns of a source that were never looked at, and so may hold anything."""

PERSONAL: Final = frozenset({"name", "email", "phone", "address", "birth_date", "membership_number", "text", "attributes"})
"""Names of columns that are personal, or may be; they choose the words of a refusal, not the refusal."""

NODES: Final = _words(
    """
    Add Alias And Between Boolean Case Cast Column Count CTE DataType DataTypeParam Date Distinct Div DPipe EQ Except Exists
    Filter From GT GTE Group Having Identifier If IgnoreNulls ILike In IntDiv Intersect Interval Is Join LT LTE Like Limit
    Literal Mod Mul NEQ Neg Not Null NullSafeEQ NullSafeNEQ Offset Or Order Ordered Paren Qualify Select Star Sub Subquery Table
    TableAlias TryCast Tuple Union Var Where Window WindowSpec With WithinGroup
    """
)
"""Kinds of parse tree nodes, functions aside."""

FUNCTIONS: Final = _words(
    """
    Abs AnyValue ApproxDistinct ArgMax ArgMin Avg Ceil Coalesce Concat ConcatWs Contains Corr Count CountIf CovarPop CovarSamp CumeDist
    Date DateAdd DateDiff DateFromParts DateSub Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Dayname DenseRank EndsWith Exp Extract
    First FirstValue Floor Greatest Hour If Kurtosis Lag Last LastDay LastValue Lead Least Left Length Ln Log LogicalAnd LogicalOr Lower
    Max Median Min Minute Mode Month Monthname NthValue Ntile Nullif PercentRank PercentileCont PercentileDisc Pow Quarter Rank RegrSlope
    Replace Right Round RowNumber Sign Skewness SplitPart Sqrt StartsWith Stddev StddevPop StddevSamp StrPosition Substring Sum
    TimeToStr TimestampTrunc Trim Trunc TsOrDsToDate Upper Variance VariancePop Week WeekOfYear Year
    """
)
"""Functions that sqlglot knows, by the class of their node."""

OTHER_FUNCTIONS: Final = frozenset({"date_part", "date_sub", "isfinite"})
"""Functions that sqlglot does not know, by their names."""

TYPES: Final = _words(
    "BIGINT BOOLEAN DATE DECIMAL DOUBLE FLOAT INT INT128 INTERVAL SMALLINT TEXT TIME TIMESTAMP TIMESTAMPNTZ TINYINT UBIGINT UINT VARCHAR"
)
"""Types that a value may be cast to."""

LONGEST_SQL: Final = 8000
MOST_NODES: Final = 3000
LONGEST_CELL: Final = 200
"""Characters of one text in a result; longer ones are cut."""
MOST_FIGURES: Final = 60
