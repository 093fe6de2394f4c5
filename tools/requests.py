"""The typed arguments of every tool: the same for the language model, the embedded planner and the command line.

Descriptions are read by language models, so they are short and say what a value looks like.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.rules import EVERYONE, OrderCondition, SegmentRule, Selection
from tools.windows import Window

Customers = Selection | SegmentRule | str
"""Who: a stored segment's id ("champions"), the handle of an earlier result ("t3"), or a rule."""


class Request(BaseModel):
    """Base of all requests: immutable, unknown arguments refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DescribeData(Request):
    """Describe the loaded data."""

    topic: Literal["overview", "quality", "coverage"] = Field(
        default="overview",
        description="coverage: share of customers with given fields.",
    )
    fields: list[str] = Field(default=[], description='For coverage: field ids, or "demographics", "contact".')


class GroupCondition(BaseModel):
    """A condition on the groups of a measurement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str = Field(description="Metric id.")
    op: Literal[">", ">=", "<", "<=", "=", "!="]
    value: Decimal | Literal["average"] = Field(description="Shares: 0.2; average: that of all.")
    of: Literal["now", "total", "before", "difference", "percent", "share"] = "now"


class Measure(Request):
    """Measure metrics, by dimensions, with filters and windows."""

    metrics: list[str] = Field(min_length=1, max_length=6, description="Metric ids.")
    by: list[str] = Field(default=[], max_length=2, description="Dimension ids.")
    where: dict[str, list[str]] = Field(default={}, description='Dimension id to accepted values, e.g. {"category": ["DELI"]}.')
    where_not: dict[str, list[str]] = Field(default={}, description="Dimension id to excluded values.")
    basket: list[OrderCondition] = Field(default=[], max_length=4, description="Only orders that fit all.")
    window: Window | None = Field(default=None, description="Default: all time.")
    compare: Literal["previous", "last_year", "step", "usual"] | Window | None = Field(
        default=None, description="step: month by month; usual: all time"
    )
    customers: Customers | None = Field(default=None, description="Only these.")
    sort: Literal["largest", "smallest", "growth", "decline", "movement", "contribution", "natural"] | None = Field(
        default=None,
        description="By the first metric; growth to contribution: by its change (needs compare).",
    )
    change_by: Literal["amount", "percent", "share"] = "amount"
    limit: int | None = Field(default=None, ge=1, le=1000)
    limit_per_group: int | None = Field(default=None, ge=1, le=100, description="Of the second in each first.")
    limit_share: float | None = Field(default=None, gt=0, lt=1, description="Or this share: 0.1 is 10 %.")
    having: list[GroupCondition] = Field(default=[], max_length=4, description="Only groups whose metric fits.")
    rest: bool = Field(default=False, description="Also the others.")
    share_within: bool = Field(default=False, description="Shares within each of the first dimension.")
    share_of: list[str] = Field(default=[], description="Also its share without these limits: dimension ids, customers, window.")
    mean: bool = Field(default=False, description="Also their mean.")
    whole_periods: bool = False
    per: Literal["day", "week", "month", "quarter", "year"] | None = Field(default=None, description="Also the average per day ...")
    percentiles: list[Annotated[int, Field(ge=1, le=99)]] = Field(
        default=[], max_length=9, description="[50, 90]: of the metric's values per order or customer."
    )
    within_days: int | None = Field(default=None, ge=1, le=730, description="For repurchase_rate; default 30.")
    chart: Literal["auto", "bar", "line", "pie", "none"] = "auto"


class CohortRetention(Request):
    """Cohorts of customers by their first order, and what each does in the periods after."""

    cohort: Literal["month", "quarter", "week"] = "month"
    measure: Literal["customers", "orders", "revenue"] = "customers"
    window: Window | None = Field(default=None, description="Of the first orders.")
    periods: int | None = Field(default=None, ge=1, le=24, description="Periods after the first.")
    customers: Customers | None = None
    where: dict[str, list[str]] = Field(default={}, description="About the first order; as in measure.")


class FindCustomers(Request):
    """Count and list the customers of a rule."""

    rule: SegmentRule = EVERYONE
    sort_by: str | None = Field(default=None, description="Field id.")
    descending: bool = True
    limit: int | None = Field(default=None, ge=1, description="Cut to this many; left out: all.")
    share: float | None = Field(default=None, gt=0, lt=1, description="Or cut to this share.")
    columns: list[str] = Field(default=[], description="Further field ids to list.")
    among: SegmentRule | None = Field(default=None, description="Also tell what share of the customers of this rule they are.")


class TierLimit(BaseModel):
    """What a membership tier takes over the last 365 days; every limit that is given must be met."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Decimal | None = Field(default=None, ge=0)
    orders: int | None = Field(default=None, ge=0)
    share: Decimal | None = Field(default=None, gt=0, lt=1, description="Instead of the others: the top share of buyers by amount.")


class SegmentOverview(Request):
    """Show all groups of a scheme."""

    scheme: Literal["rfm", "rfm_eight", "value_activity", "membership", "lifecycle", "aipl"] = "rfm"
    tiers: dict[Literal["svip", "vip"], TierLimit] = Field(default={}, description="For membership: other limits.")
    period_days: int | None = Field(default=None, ge=1, le=730, description="For lifecycle: length of each of the two periods.")
    since: dt.date | None = Field(default=None, description="A date: also the groups then, and who moved.")
    until: dt.date | None = Field(default=None, description="If not today.")
    group: str | None = Field(default=None, description="Only its moves.")
    sort: Literal["growth", "decline"] | None = None


class SummarizeSegment(Request):
    """Summarise one segment: size, revenue, averages, what distinguishes it, strategy."""

    customers: Customers


class CompareSegments(Request):
    """Compare two segments side by side."""

    first: Customers
    second: Customers


class SuggestStrategy(Request):
    """The playbook's strategy for a segment."""

    customers: Customers


class ChurnRisk(Request):
    """Who is about to churn."""

    customers: Customers | None = Field(default=None, description="Only these.")
    definition: Literal["model", "rhythm", "window"] | None = Field(
        default=None,
        description="Left out: the one chosen before, else model.",
    )
    horizon_days: int | None = Field(default=None, ge=7, le=180)
    band: Literal["high", "middle", "low"] | None = None
    sort_by: Literal["risk", "value"] = Field(default="risk", description="value: spent most in the last 365 days.")
    limit: int = Field(default=20, ge=1, le=1000)


class ClusterCustomers(Request):
    """Find groups that nobody asked for, by clustering features."""

    themes: list[Literal["value", "rhythm", "categories", "discount", "time_of_day", "channel", "events"]] = Field(
        default=[], description="Default: all."
    )
    method: Literal["kmeans", "minibatch", "ward", "dbscan", "hdbscan", "gaussian_mixture"] = "kmeans"
    clusters: int | None = Field(default=None, ge=2, le=20, description="Default: 5-8 by the data.")
    cluster: str | None = Field(default=None, description="Only this one: its number or name.")
    customers: Customers | None = Field(default=None, description="Only these.")


class FindRules(Request):
    """A decision tree: readable rules that lead to a target."""

    target: Literal["churn", "high_value", "response", "segment"] = "churn"
    customers: Customers | None = Field(default=None, description="For target segment.")
    depth: int = Field(default=3, ge=1, le=4)
    horizon_days: int | None = Field(default=None, ge=7, le=365)


class CustomerValue(Request):
    """Lifetime value: alive probability, expected orders, order value, predicted and total value."""

    customers: Customers | None = None
    horizon_days: int = Field(default=365, ge=30, le=1095)
    sort_by: Literal["predicted_value", "total_value", "alive_probability", "expected_orders", "expected_order_value"] = "predicted_value"
    descending: bool = True
    limit: int = Field(default=20, ge=1, le=1000)


class NextOrder(Request):
    """When customers are expected to order next."""

    customers: Customers | None = None
    within_days: int | None = Field(default=None, ge=1, le=365, description="Only those due within this many days.")
    overdue: bool = Field(default=False, description="Only those past their date.")
    limit: int = Field(default=20, ge=1, le=1000)


class WeighRfm(Request):
    """Weights of R, F, M (and more) from the data, and how well each score ranks next-period revenue."""

    method: Literal["predictive", "entropy"] = "predictive"
    horizon_days: int = Field(default=90, ge=7, le=365)


class PredictResponse(Request):
    """Who will respond to a type of campaign."""

    campaign_kind: str | None = Field(default=None, description="Default: the most frequent.")
    customers: Customers | None = None
    limit: int = Field(default=20, ge=1, le=1000)


class MeasureUplift(Request):
    """The effect of a campaign with a control group, and whom it persuades."""

    campaign: str | None = Field(default=None, description="Id or name; default: all with a control group.")
    outcome: Literal["response", "order", "revenue"] = "order"
    horizon_days: int = Field(default=30, ge=1, le=180, description="Orders count for so many days after the contact.")


class RecommendProducts(Request):
    """What to offer to a customer or a segment."""

    customers: Customers | None = None
    customer_id: str | None = None
    level: Literal["product", "category"] = "category"
    limit: int = Field(default=5, ge=1, le=50)


class DescribePersona(Request):
    """The typical member of a segment, in words."""

    customers: Customers


class FindBehaviour(Request):
    """Behaviour that asks for action."""

    pattern: Literal["viewed_not_bought", "carted_not_bought", "declining_logins", "unopened_mails"]
    by: Literal["product", "category"] = "product"
    least_times: int | None = Field(default=None, ge=1, le=1000, description="Default 2; 1 for the cart.")
    window: Window | None = Field(default=None, description="Default for logins: the last 30 days.")
    limit: int = Field(default=20, ge=1, le=1000)


class ModelQuality(Request):
    """What each model claims, on which later period, and how it has held since."""

    model: Literal["all", "churn", "lifetime_value", "response", "clusters", "rfm_weights"] = "all"


class SaveSegment(Request):
    """Save customers as a named segment, kept up to date. Only when the operator asked for it."""

    customers: Customers
    name: str = Field(min_length=1, max_length=60)


class LookUpCustomer(Request):
    """Everything about one customer."""

    customer_id: str


class ExportCustomers(Request):
    """Write customers to a file."""

    customers: Customers
    format: Literal["csv", "xlsx", "parquet"] = "xlsx"
    columns: list[str] = Field(default=[], description="Field ids.")
    include_personal: bool = Field(default=False, description="Only when the operator asked for names, e-mails or phones.")
    personal_columns: list[Literal["name", "email", "phone", "address", "birth_date", "membership_number"]] = Field(
        default=[], description="Which of them the operator asked for."
    )
    for_marketing: bool = Field(default=True, description="Leaves out customers without consent.")


class ExportTable(Request):
    """Write the table of an earlier answer to a file."""

    result: str = Field(description='Its handle, or "last".')
    format: Literal["csv", "xlsx", "parquet"] = "xlsx"


class ExplainTerm(Request):
    """Define a term of the product: a metric, a segment, RFM, churn, ..."""

    term: str


class AskUser(Request):
    """Ask the operator when a question has two close readings or lacks something."""

    question: str
    choices: list[str] = Field(default=[], max_length=6, description="Full questions, clickable.")


class Decline(Request):
    """Say that the data or the tools cannot answer."""

    reason: Literal["off_topic", "no_data", "not_supported", "not_understood"]
    missing: str = Field(default="", description="What is missing or was not understood, in the operator's language.")


class QuerySql(Request):
    """One guarded SELECT, when no other tool fits. For language models only."""

    sql: str
    purpose: str = ""
