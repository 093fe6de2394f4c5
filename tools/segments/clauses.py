"""One clause of a sentence for each leaf of a rule: English says who, Chinese says what holds."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from tools.clock import clock_text
from tools.contracts import Text, Unit
from tools.metrics.baskets import orders_text
from tools.metrics.catalogue import catalogue
from tools.rules import Behaviour, Condition
from tools.segments.fields import FieldInfo, field
from tools.segments.spans import window_words

_EN = {"=": "", "!=": "not ", "<": "under ", "<=": "at most ", ">": "over ", ">=": "at least "}
COMPARED_ZH = {"=": "为", "!=": "不为", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_TIMES_EN = {"=": "exactly", "!=": "other than", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least"}
_TIMES_ZH = {"=": "恰好", "!=": "不等于", "<": "少于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_DATES_EN = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
_DATES_ZH = {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
_COUNTED = (Unit.COUNT, Unit.MONEY, Unit.DAYS)
_FRACTIONS = (Unit.SHARE, Unit.PROBABILITY, Unit.CHANGE, Unit.POINTS)

# behaviour: did it, did not do it, did it {n} times
_DONE = {
    "orders": ("who ordered", "with no orders", "with {n} orders"),
    "amount": ("who spent something", "who spent nothing", "who spent {n}"),
    "quantity": ("who bought something", "who bought nothing", "who bought {n} items"),
    "active_days": ("who ordered", "who did not order", "who ordered on {n} days"),
    "contacts": ("who were contacted", "who were not contacted", "who were contacted {n} times"),
    "responses": ("who responded", "who did not respond", "who responded {n} times"),
    "events": ("who did something", "who did nothing", "with {n} events"),
}
_DONE_ZH = {
    "orders": ("下过单", "没有下单", "下单{n}次"),
    "amount": ("有消费", "没有消费", "消费{n}"),
    "quantity": ("购买过商品", "没有购买商品", "购买{n}件"),
    "active_days": ("下过单", "没有下单", "下单天数{n}天"),
    "contacts": ("被触达过", "未被触达", "被触达{n}次"),
    "responses": ("响应过营销活动", "未响应营销活动", "响应营销活动{n}次"),
    "events": ("有过行为", "没有行为", "行为{n}次"),
}
# the same where products are named: {x}
_BOUGHT = {
    "orders": "with {n} orders from {x}",
    "amount": "who spent {n} on {x}",
    "quantity": "who bought {n} items from {x}",
    "active_days": "who bought from {x} on {n} days",
}
_BOUGHT_ZH = {
    "orders": "购买 {x} {n}次",
    "amount": "在 {x} 消费{n}",
    "quantity": "购买 {x} {n}件",
    "active_days": "购买 {x} 的天数{n}天",
}
_ONE = re.compile(r"(?<![\d,.])1 (order|item|day|time|event)s\b")
MOST_IDS, MOST_VALUES = 5, 20
"""How many ids of customers, and how many other values, a sentence names; of the others it tells the number."""
_PLACES = {"store": ("in store", "门店"), "channel": ("through", "渠道")}
_MOMENTS = ("weekday", "hour")


def show(value: Any, info: FieldInfo, language: str) -> str:
    """A value of a condition in words."""
    for stored, name in info.names.items():
        if str(value) in (stored, name.zh, name.en):
            return name.say(language)
    if isinstance(value, bool):
        yes, no = ("是", "否") if language == "zh" else ("yes", "no")
        return yes if value else no
    number = _as_number(value) if info.kind == "number" or not isinstance(value, str) else None
    if number is None:
        return str(value)
    return f"{plain_number(number * 100)}%" if info.unit in _FRACTIONS else plain_number(number, language)


def _as_number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def plain_number(number: Decimal, language: str = "zh") -> str:
    """A number without needless zeros."""
    text = f"{number:{',' if language == 'en' else ''}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def condition_clause(rule: Condition) -> Text:
    """The clause of a comparison of a field.

    Raises:
        UnknownName: There is no such field.
    """
    info = field(rule.field)
    if rule.op in ("is known", "is unknown"):
        known = rule.op == "is known"
        return Text(en=f"whose {info.label.en} is {rule.op.removeprefix('is ')}", zh=f"{info.label.zh}{'已知' if known else '未知'}")
    values = rule.value if isinstance(rule.value, list) else [rule.value]
    zh, en = ([show(value, info, language) for value in values] for language in ("zh", "en"))
    return _special(rule, info, zh, en) or _generic(rule, info, zh, en)


def _special(rule: Condition, info: FieldInfo, zh: list[str], en: list[str]) -> Text | None:
    if info.names and rule.op in ("=", "!=") and en:
        return member_clause(Text(zh=zh[0], en=en[0]), inside=rule.op == "=")
    if info.id == "recency_days" and rule.op == ">":
        return Text(en=f"who have not ordered for more than {en[0]} days", zh=f"超过{zh[0]}天未下单")
    if info.id == "recency_days" and rule.op == ">=":
        return Text(en=f"who have not ordered for {en[0]} days or more", zh=f"至少{zh[0]}天未下单")
    if info.kind == "boolean" and rule.op == "=":
        return Text(en=f"{'with' if rule.value else 'without'} {info.label.en}", zh=f"{'有' if rule.value else '无'}{info.label.zh}")
    return None


def _generic(rule: Condition, info: FieldInfo, zh: list[str], en: list[str]) -> Text:
    verb = "are" if info.unit in (Unit.COUNT, Unit.DAYS) else "is"
    if info.kind == "date" and rule.op in _DATES_EN:
        return Text(en=f"whose {info.label.en} {verb} {_DATES_EN[rule.op]} {en[0]}", zh=f"{info.label.zh}{_DATES_ZH[rule.op]}{zh[0]}")
    if rule.op == "between":
        return Text(en=f"whose {info.label.en} {verb} between {' and '.join(en)}", zh=f"{info.label.zh}在{'至'.join(zh)}之间")
    if rule.op in ("in", "not in"):
        no_en, no_zh = ("not ", "不") if rule.op == "not in" else ("", "")
        one_zh, one_en = _listed(info, zh, en)
        return Text(en=f"whose {info.label.en} {verb} {no_en}{one_en}", zh=f"{info.label.zh}{no_zh}为{one_zh}")
    words = _TIMES_ZH if info.unit in _COUNTED and rule.op != "=" else COMPARED_ZH
    return Text(en=f"whose {info.label.en} {verb} {_EN[rule.op]}{en[0]}", zh=f"{info.label.zh}{words[rule.op]}{zh[0]}")


def _listed(info: FieldInfo, zh: list[str], en: list[str]) -> tuple[str, str]:
    """The values of a list, the first ones by name where it is long."""
    most = MOST_IDS if info.id == "customer_id" else MOST_VALUES
    rest = len(en) - most
    if rest <= 0:
        return either(zh, "、", "或"), either(en, ", ", " or ")
    others = "one other" if rest == 1 else f"{rest:,} others"
    return f"{'、'.join(zh[:most])}或另外{rest}个之一", f"{', '.join(en[:most])} or {others}"


def either(values: list[str], separator: str, word: str) -> str:
    """The values as one list whose last two are joined by ``word``."""
    if not values:
        return ""
    return values[0] if len(values) == 1 else f"{separator.join(values[:-1])}{word}{values[-1]}"


def member_clause(name: Text, *, inside: bool = True, on: dt.date | None = None) -> Text:
    """The clause of being in a segment, or of having been at the end of a day."""
    if on is not None:
        return Text(en=f"in the segment {name.en} on {on}", zh=f"在 {on} 属于{name.zh}")
    return Text(en=f"{'' if inside else 'not '}in the segment {name.en}", zh=f"{'' if inside else '不'}属于{name.zh}")


def behaviour_clause(rule: Behaviour, as_of: dt.date | None) -> Text:
    """The clause of a comparison of what customers did."""
    when = window_words(rule.window, as_of)
    products = [value for name, values in rule.where.items() if name not in (*_PLACES, *_MOMENTS) for value in values]
    of_orders = rule.basket and rule.behaviour == "orders" and not products
    en, zh = _bought(rule, products) if products and rule.behaviour in _BOUGHT else _did(rule, products)
    en, zh = _with_orders(rule) if of_orders else (en, zh)
    en_place, zh_place = place_words(rule.where)
    moment = moment_words(rule.where)
    first = first_days_words(rule)
    en_parts = (_ONE.sub(r"1 \1", en), en_place, moment.en, when.en, first.en)
    clause = Text(en=" ".join(part for part in en_parts if part), zh=f"{when.zh}{first.zh}{moment.zh}{zh_place}{zh}")
    if not rule.basket or of_orders:
        return clause
    basket = orders_text(rule.basket)
    return Text(en=f"{clause.en} in {basket.en}", zh=f"{clause.zh.rstrip()}（仅计{basket.zh}）")


def first_days_words(rule: Behaviour) -> Text:
    """The days from the first order on, where the rule is about these."""
    if rule.first_days is None:
        return Text(zh="", en="")
    days = "day" if rule.first_days == 1 else "days"
    return Text(zh=f"首单后{rule.first_days}天内（含首单）", en=f"within {rule.first_days} {days} of the first order, that one included")


def _with_orders(rule: Behaviour) -> tuple[str, str]:
    """Orders that fit: “有过金额超过200的订单”, "with at least 5 orders of more than 200"."""
    basket, extent = orders_text(rule.basket), _extent(rule)
    words = basket.en.removeprefix("orders ")
    if extent == 0:
        return f"with an order {words}", f"有过{basket.zh}"
    if extent == 1:
        return f"without any order {words}", f"没有{basket.zh}"
    return f"with {_times(rule, 'en')} {basket.en}", f"有{basket.zh}{_times(rule, 'zh')}笔"


def _times(rule: Behaviour, language: str) -> str:
    shown = [plain_number(Decimal(value), language) for value in (rule.value if isinstance(rule.value, list) else [rule.value])]
    if rule.op == "between":
        return "至".join(shown) if language == "zh" else f"between {' and '.join(shown)}"
    if language == "zh":
        return f"{_TIMES_ZH[rule.op]}{shown[0]}"
    return f"{'less than' if (rule.behaviour, rule.op) == ('amount', '<') else _TIMES_EN[rule.op]} {shown[0]}"


def _extent(rule: Behaviour) -> int:
    """0: at least once; 1: never; 2: a number of times."""
    if (rule.op, rule.value) in ((">=", 1), (">", 0)):
        # A least amount of 1 is an amount, not "at least once".
        return 2 if rule.behaviour == "amount" and rule.op == ">=" else 0
    return 1 if (rule.op, rule.value) in (("=", 0), ("<=", 0)) or ((rule.op, rule.value) == ("<", 1) and rule.behaviour != "amount") else 2


def _did(rule: Behaviour, named: list[str]) -> tuple[str, str]:
    extent = _extent(rule)
    en = _DONE[rule.behaviour][extent].format(n=_times(rule, "en")) + (f" ({', '.join(named)})" if named else "")
    zh = _DONE_ZH[rule.behaviour][extent].format(n=_times(rule, "zh")) + (f"（{'、'.join(named)}）" if named else "")
    return en, zh


def _bought(rule: Behaviour, products: list[str]) -> tuple[str, str]:
    en, zh = " or ".join(products), " 或 ".join(products)
    extent = _extent(rule)
    if extent == 2:
        words = {"n": _times(rule, "en"), "x": en}, {"n": _times(rule, "zh"), "x": zh}
        return _BOUGHT[rule.behaviour].format(**words[0]), _BOUGHT_ZH[rule.behaviour].format(**words[1])
    return (f"who bought from {en}", f"购买过 {zh} ") if extent == 0 else (f"who did not buy from {en}", f"没有购买过 {zh} ")


def place_words(where: dict[str, list[str]]) -> tuple[str, str]:
    """Stores and channels, in English and Chinese."""
    named = [(_PLACES[name], values) for name, values in where.items() if name in _PLACES]
    en = " ".join(f"{word} {' or '.join(values)}" for (word, _), values in named)
    return en, "".join(f"在{word} {' 或 '.join(values)} " for (_, word), values in named)


def moment_words(where: dict[str, list[str]]) -> Text:
    """Days of the week and hours of the day: “on Saturday or Sunday between 20:00–22:00”, “周六或周日的20:00–22:00”."""
    days = [catalogue().dimension("weekday").values.get(day, Text(zh=day, en=day)) for day in where.get("weekday", ())]
    hours = [clock_text(one) for one in where.get("hour", ())]
    en = [f"on {either([one.en for one in days], ', ', ' or ')}"] if days else []
    en += [f"at {either([one.en for one in hours], ', ', ' or ')}"] if hours else []
    zh = [either([one.zh for one in part], "、", "或") for part in (days, hours) if part]
    return Text(zh=f"在{'的'.join(zh)}" if zh else "", en=" ".join(en))
