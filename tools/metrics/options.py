"""What a request's options ask of its metrics and dimensions: percentiles, the rest, the best of each, days to come back."""

from __future__ import annotations

from tools.contracts import Text, Unit
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.catalogue import Metric, catalogue
from tools.requests import Measure

_SUMMED = (Unit.COUNT, Unit.MONEY)
WITHIN = "repurchase_rate"
PENDING = "repurchase_pending"
"""Those of whom it is not known yet whether they come back in time."""
WITHIN_DAYS = 30
CHANGES = ("growth", "decline", "movement", "contribution")
"""Orders that are about a change."""


def asked_metrics(request: Measure) -> tuple[Metric, ...]:
    """The metrics asked for, each once; those with percentiles after these, the percentiles first.

    Raises:
        UnknownName: There is no such metric.
        UnsupportedQuestion: A metric has no values of which there are percentiles.
    """
    found: list[Metric] = []
    for metric in map(catalogue().metric, request.metrics):
        if metric.percentile is not None and request.percentiles:
            of = catalogue().metric(metric.percentile.of)
            found += [_percentile(of, percent) for percent in sorted({*request.percentiles, metric.percentile.percent})]
            continue
        found += [_percentile(metric, percent) for percent in sorted(set(request.percentiles))]
        found.append(_within(metric, request) if metric.id == WITHIN else metric)
    found += [catalogue().metric(one.metric) for one in request.having]
    return tuple({metric.id: metric for metric in found}.values())


def _percentile(metric: Metric, percent: int) -> Metric:
    if metric.spread is None:
        possible = [one for one in catalogue().metrics if one.spread is not None]
        raise UnsupportedQuestion(
            f"{metric.name.en} is not made of one value per order or customer, so it has no percentiles; "
            f"there are percentiles of {', '.join(one.name.en for one in possible)}.",
            f"“{metric.name.zh}”不是由每笔订单或每位客户的数值构成的，没有分位数；"
            f"可以看{'、'.join(one.name.zh for one in possible)}的分位数。",
        )
    return catalogue().metric(f"{metric.id}_p{percent}")


def _within(metric: Metric, request: Measure) -> Metric:
    days = within_days(request)
    name = Text(zh=f"{days}天内复购率", en=f"repurchase rate within {days} days")
    definition = Text(zh=metric.definition.zh.replace("N", str(days)), en=metric.definition.en.replace("N", str(days)))
    return metric.model_copy(update={"name": name, "definition": definition})


def within_days(request: Measure) -> int:
    """The days within which a customer comes back, to count as one who does."""
    return request.within_days or WITHIN_DAYS


def check_options(request: Measure, metrics: tuple[Metric, ...]) -> None:
    """Refuse options that contradict each other or ask what the metrics cannot tell.

    Raises:
        InputError: Other arguments would do.
        UnsupportedQuestion: The metrics cannot be asked for in this way.
    """
    if request.compare and request.compare != "step" and request.window is None:
        raise InputError(
            "A comparison with the period before needs a window, such as the last 90 days.",
            "与上期比较需要给出时间范围，例如最近90天。",
        )
    if request.within_days and all(metric.id != WITHIN for metric in metrics):
        raise InputError(
            "A number of days to come back within belongs to the metric repurchase_rate.",
            "“N天内”只用于“限期复购率”（repurchase_rate）这一指标。",
        )
    _check_changes(request, metrics)
    _check_wholes(request, metrics)
    _check_cuts(request, metrics)


def _check_changes(request: Measure, metrics: tuple[Metric, ...]) -> None:
    held = [one for one in request.having if one.of not in ("now", "total")]
    if (request.sort in CHANGES or held) and request.compare is None:
        raise InputError(
            "An order by growth or decline, or a condition on a change, needs a comparison: with the previous period or with last year.",
            "按增长或下降排序、或对变化的条件，需要一个对比期：上一期或去年同期。",
        )
    known = {metric.id: metric for metric in metrics}
    parts = request.sort == "contribution" or (request.sort in CHANGES and request.change_by == "share")
    whole = [*(metrics[:1] if parts else ()), *(known[one.metric] for one in held if one.of == "share")]
    levels = {catalogue().dimension(one).level for one in request.by}
    for metric in whole:
        if not levels <= set(metric.additive) or request.compare == "step":
            raise InputError(
                f"The {metric.name.en} of these groups are no parts of a whole, so they have no share of it, nor of its change.",
                f"这些分组的“{metric.name.zh}”不是整体的组成部分，没有占比，也没有对变化的贡献。",
            )


def _check_wholes(request: Measure, metrics: tuple[Metric, ...]) -> None:
    """Refuse a share of something that is no wider, or of numbers that are no part of it."""
    if not request.share_of:
        return
    limits = {*request.where, *request.where_not, *(["customers"] if request.customers else []), *(["window"] if request.window else [])}
    missing = [one for one in request.share_of if one not in limits]
    if missing:
        raise InputError(
            f"A share of the whole needs the limit that the whole is without, but there is none by {', '.join(missing)}.",
            f"计算占整体的比例需要相应的限制条件，但没有按 {'、'.join(missing)} 的条件。",
        )
    if not metrics[0].additive or metrics[0].unit not in _SUMMED:
        raise UnsupportedQuestion(
            f"{metrics[0].name.en} is no sum or count, so that of a part is no share of that of all.",
            f"“{metrics[0].name.zh}”不是总和或计数，部分的数值不是整体的占比。",
        )


def _check_cuts(request: Measure, metrics: tuple[Metric, ...]) -> None:
    if request.limit_per_group and len(set(request.by)) != 2:
        raise InputError(
            "The best of each group need two dimensions: what the groups are, then what is ranked in each.",
            "“每组前几名”需要两个维度：先是分组的维度，再是组内排名的维度。",
        )
    if request.limit_share and (not request.by or request.limit or request.limit_per_group):
        raise InputError(
            "A share of the groups needs groups, and no other limit, such as the top 10 % of customers.",
            "按百分比取前几需要分组，且不能同时给出数量，例如消费最高的10%客户。",
        )
    if request.mean and (not request.by or request.limit_per_group or request.limit_share):
        raise InputError(
            "A mean over groups needs groups, and all of them, such as the revenue of a store on average.",
            "各组的平均值需要分组，且须包含全部分组，例如平均每家门店的销售额。",
        )
    if request.share_within and len(set(request.by)) != 2:
        raise InputError(
            "Shares within groups need two dimensions: what the groups are, then what is in them.",
            "“组内占比”需要两个维度：先是分组的维度，再是组内的维度。",
        )
    if not request.rest:
        return
    if not request.by or request.limit is None or request.limit_per_group:
        raise InputError(
            "A row of all others needs groups and a limit, such as the top 5 departments and the rest.",
            "“其他”一行需要分组和数量限制，例如销售额前5的品类及其他。",
        )
    levels = {catalogue().dimension(one).level for one in request.by}
    for metric in metrics:
        if not levels <= set(metric.additive):
            dimensions = [catalogue().dimension(one).name for one in request.by]
            raise UnsupportedQuestion(
                f"The {metric.name.en} of single groups by {' and '.join(one.en for one in dimensions)} do not add up, "
                "so the others cannot be taken together; ask for it without them, or for a sum such as revenue.",
                f"各组的“{metric.name.zh}”不能相加，因此无法给出“其他{'、'.join(one.zh for one in dimensions)}”的合计；"
                "可以不看“其他”，或改看销售额等可以相加的指标。",
            )
