"""How a request was understood, and what its numbers mean, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tools.contracts import Text
from tools.metrics.averages import NAMES, UNITS
from tools.metrics.filters import Filter
from tools.metrics.outcome import Measured
from tools.metrics.plan import ACTIVE_DAYS, Plan
from tools.metrics.steps import STEP
from tools.metrics.wholes import of_what
from tools.requests import Measure
from tools.windows import DateRange


def dates_text(dates: DateRange) -> Text:
    """The dates of a window in words."""
    if dates.start is None:
        return Text(zh=f"截至 {dates.end}", en=f"up to {dates.end}")
    if dates.start == dates.end:
        return Text(zh=f"{dates.start}", en=f"on {dates.start}")
    return Text(zh=f"{dates.start} 至 {dates.end}", en=f"{dates.start} to {dates.end}")


def filter_text(one: Filter) -> Text:
    """A filter in words."""
    zh, en = "、".join(name.zh for name in one.names), ", ".join(name.en for name in one.names)
    if one.dimension.of_request:
        return Text(zh=f"仅限{zh}", en=f"only {en}")
    if one.excluded:
        return Text(zh=f"{one.dimension.name.zh}不是 {zh}", en=f"{one.dimension.name.en} is not {en}")
    return Text(zh=f"{one.dimension.name.zh}为 {zh}", en=f"{one.dimension.name.en} is {en}")


def title_text(plan: Plan) -> Text:
    """The metrics and dimensions, as a title."""
    zh, en = "、".join(metric.name.zh for metric in plan.metrics), _and([metric.name.en for metric in plan.metrics])
    if plan.by:
        zh = f"按{'、'.join(one.name.zh for one in plan.by)}统计的{zh}"
        en = f"{en} by {_and([one.name.en for one in plan.by])}"
    return Text(zh=zh, en=en[:1].upper() + en[1:])


def interpretation(measured: Measured, request: Measure, defaulted: bool = False) -> Text:
    """How the request was understood: metrics, groups, dates (and whether they are a default), filters, customers, order."""
    plan = measured.plan
    title = title_text(plan)
    parts = [Text(zh=title.zh, en=title.en[:1].lower() + title.en[1:] if not title.en[:2].isupper() else title.en)]
    if any(metric.window != "ignored" for metric in plan.metrics):
        parts.append(_default(dates_text(measured.window)) if defaulted else dates_text(measured.window))
    if measured.before is not None:
        before = dates_text(measured.before)
        year = measured.compare == "last_year"
        parts.append(Text(zh=f"与{'去年同期 ' if year else ' '}{before.zh} 比较", en=f"compared with {before.en}"))
    if measured.compare == STEP:
        parts.append(Text(zh="每期与前一期比较", en="each compared with the one before"))
    parts += [filter_text(one) for one in plan.filters]
    if plan.customers is not None:
        parts.append(Text(zh=f"仅限客户：{plan.customers.sentence.zh}", en=f"only customers: {plan.customers.sentence.en}"))
    if request.share_of:
        parts.append(of_what(request.share_of, plan, ranked=bool(plan.by) and request.sort in ("largest", "smallest")))
    parts += [*_cuts(measured, request), *_averaged(measured)]
    return Text(zh="；".join(part.zh for part in parts), en="; ".join(part.en for part in parts))


def _default(dates: Text) -> Text:
    return Text(
        zh=f"{dates.zh}（未指定时间范围，活跃按最近{ACTIVE_DAYS}天内下过单计；可另行指定）",
        en=f"{dates.en} (no window was given, so active means an order in the last {ACTIVE_DAYS} days; name another if you like)",
    )


_ORDERS = {
    "natural": Text(zh="前 {} 组", en="the first {}"),
    "smallest": Text(zh="最小的 {} 组", en="the {} smallest"),
    "growth": Text(zh="增长最多的 {} 组", en="the {} that grew most"),
    "decline": Text(zh="下降最多的 {} 组", en="the {} that fell most"),
    "movement": Text(zh="变化最大的 {} 组", en="the {} that changed most"),
    "contribution": Text(zh="对总变化贡献最大的 {} 组", en="the {} that account for most of the change"),
    "largest": Text(zh="最大的 {} 组", en="the {} largest"),
}


_BY = {
    "percent": Text(zh="按变化的百分比排", en="by the change in percent"),
    "share": Text(zh="按占比的变化排", en="by the change of their share"),
}


def _cuts(measured: Measured, request: Measure) -> Iterator[Text]:
    """How the groups are ordered and cut, where they are."""
    if not measured.grouped:
        return
    words = _ORDERS[request.sort or "largest"]
    yield from (Text(zh=f"只看{one.text.zh}的", en=f"only those where {one.text.en}") for one in measured.kept)
    if measured.means:
        by = measured.plan.by[-1].name
        yield Text(zh=f"平均每个{by.zh}", en=f"mean per {by.en}")
    if request.limit_share:
        yield Text(zh=f"最{'低' if request.sort == 'smallest' else '高'}的 {request.limit_share * 100:g}%", en=_part(request))
        return
    if measured.per_group is not None:
        firsts = len({group.keys[0] for group in measured.shown})
        cut = Text(zh=words.zh.format(measured.per_group), en=words.en.format(measured.per_group))
        first = measured.plan.by[0].name
        within = Text(zh=f"每个{first.zh}中{cut.zh}", en=f"{cut.en} of each {first.en}")
        yield within if request.limit is None else Text(zh=f"{within.zh}（{firsts} 个{first.zh}）", en=f"{within.en} ({firsts} of them)")
    elif measured.limit is not None:
        number = len(measured.shown)
        yield Text(zh=words.zh.format(number), en=words.en.format(number))
    elif measured.by_change == "amount":
        yield Text(zh="按变化额排序", en="in the order of the change")
    if measured.by_change in _BY:
        yield _BY[measured.by_change]
    if measured.others is not None:
        yield Text(zh="其余合并为“其他”", en="all others in one row")


def _part(request: Measure) -> str:
    return f"the {'bottom' if request.sort == 'smallest' else 'top'} {(request.limit_share or 0) * 100:g} %"


def _averaged(measured: Measured) -> Iterator[Text]:
    """By how many days, weeks or months sums are divided."""
    if measured.per is None or measured.grouped:
        return
    name, unit = NAMES[measured.per.unit], UNITS[measured.per.unit]
    number = f"{measured.per.number():,.2f}".rstrip("0").rstrip(".")
    yield Text(zh=f"{name.zh}按 {number} {unit.zh}计", en=f"{name.en} over {number} {unit.en}")


def definition_text(plan: Plan) -> Text:
    """The definitions of the metrics, and whose they are."""
    metrics, customers = plan.metrics, plan.customers
    zh, en = "".join(metric.definition.zh for metric in metrics), " ".join(metric.definition.en for metric in metrics)
    if customers is not None:
        zh, en = f"{zh}客户范围：{customers.sentence.zh}", f"{en} Customers: {customers.sentence.en}"
    return Text(zh=zh, en=en)


def _and(words: Iterable[str]) -> str:
    found = list(words)
    return found[0] if len(found) == 1 else ", ".join(found[:-1]) + " and " + found[-1]
