"""One clause of a sentence for each leaf of a rule: English says who, Chinese says what holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tools.contracts import Text, Unit
from tools.rules import Behaviour, Condition
from tools.segments.fields import FieldInfo, field
from tools.segments.spans import window_words

_EN = {"=": "", "!=": "not ", "<": "under ", "<=": "at most ", ">": "over ", ">=": "at least "}
_ZH = {"=": "为", "!=": "不为", "<": "小于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_TIMES_EN = {"=": "exactly", "!=": "other than", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least"}
_TIMES_ZH = {"=": "恰好", "!=": "不等于", "<": "少于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_DONE = {
    # behaviour: did it, did not, how often in words; {n} is the number in words, {what} what was bought or done
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
    "active_days": ("下过单", "没有下单", "有下单的天数{n}天"),
    "contacts": ("被触达过", "未被触达", "被触达{n}次"),
    "responses": ("响应过营销活动", "未响应营销活动", "响应营销活动{n}次"),
    "events": ("有过行为", "没有行为", "行为{n}次"),
}


def show(value: Any, unit: Unit, language: str, names: dict[str, Text] | None = None) -> str:
    """A value of a condition in words."""
    if names and str(value) in names:
        return names[str(value)].say(language)
    if isinstance(value, bool):
        return {("zh", True): "是", ("zh", False): "否", ("en", True): "yes"}.get((language, value), "no")
    if isinstance(value, str):
        return value
    number = Decimal(value)
    if unit in (Unit.SHARE, Unit.PROBABILITY, Unit.CHANGE, Unit.POINTS):
        return f"{_plain(number * 100)}%"
    return _plain(number, "," if language == "en" else "")


def _plain(number: Decimal, separator: str = "") -> str:
    text = f"{number:{separator}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def condition_clause(rule: Condition) -> Text:
    """The clause of a comparison of a field."""
    info = field(rule.field)
    special = _special(rule, info)
    if special:
        return special
    if rule.op in ("is known", "is unknown"):
        known = rule.op == "is known"
        return Text(en=f"whose {info.label.en} is {'known' if known else 'unknown'}", zh=f"{info.label.zh}{'已知' if known else '未知'}")
    return _generic(rule, info)


def _generic(rule: Condition, info: FieldInfo) -> Text:
    values = rule.value if isinstance(rule.value, list) else [rule.value]
    zh, en = ([show(value, info.unit, language, info.names) for value in values] for language in ("zh", "en"))
    verb = "are" if info.unit in (Unit.COUNT, Unit.DAYS) else "is"
    if rule.op == "between":
        return Text(en=f"whose {info.label.en} {verb} between {en[0]} and {en[1]}", zh=f"{info.label.zh}在{zh[0]}至{zh[1]}之间")
    if rule.op in ("in", "not in"):
        negative = rule.op == "not in"
        one_of = en[0] if len(en) == 1 else f"one of {', '.join(en)}"
        among = zh[0] if len(zh) == 1 else f"{'、'.join(zh)}之一"
        return Text(
            en=f"whose {info.label.en} {verb} {'not ' if negative else ''}{one_of}",
            zh=f"{info.label.zh}{'不' if negative else ''}为{among}",
        )
    return Text(en=f"whose {info.label.en} {verb} {_EN[rule.op]}{en[0]}", zh=f"{info.label.zh}{_ZH[rule.op]}{zh[0]}")


def _any_of(values: list[str], word: str) -> str:
    if len(values) == 1:
        return values[0]
    separator = "、" if word == "或" else ", "
    return f"{separator.join(values[:-1])}{word}{values[-1]}"


def _special(rule: Condition, info: FieldInfo) -> Text | None:
    if info.names and rule.op in ("=", "!="):
        return member_clause(_group_name(rule, info), inside=rule.op == "=")
    if rule.field == "recency_days" and rule.op in (">", ">="):
        days = show(rule.value, Unit.DAYS, "en")
        if rule.op == ">":
            return Text(en=f"who have not ordered for more than {days} days", zh=f"超过{days}天未下单")
        return Text(en=f"who have not ordered for {days} days or more", zh=f"至少{days}天未下单")
    if info.kind == "boolean" and rule.op == "=":
        return Text(en=f"{'with' if rule.value else 'without'} {info.label.en}", zh=f"{'有' if rule.value else '无'}{info.label.zh}")
    return None


def _group_name(rule: Condition, info: FieldInfo) -> Text:
    given = str(rule.value)
    named = [name for stored, name in info.names.items() if given in (stored, name.zh, name.en)]
    return named[0] if named else Text(zh=given, en=given)


def member_clause(name: Text, *, inside: bool = True) -> Text:
    """The clause of being in a segment."""
    return Text(en=f"{'' if inside else 'not '}in the segment {name.en}", zh=f"{'' if inside else '不'}属于{name.zh}")


def _is_any(rule: Behaviour) -> bool:
    return (rule.op, rule.value) in ((">=", 1), (">", 0))


def _is_none(rule: Behaviour) -> bool:
    return (rule.op, rule.value) in (("=", 0), ("<", 1), ("<=", 0))


def _times(rule: Behaviour, language: str) -> str:
    words = _TIMES_ZH if language == "zh" else _TIMES_EN if rule.behaviour != "amount" else _TIMES_EN | {"<": "less than"}
    values = [show(value, Unit.NUMBER, language) for value in (rule.value if isinstance(rule.value, list) else [rule.value])]
    if rule.op == "between":
        return f"{values[0]}至{values[1]}" if language == "zh" else f"between {values[0]} and {values[1]}"
    return f"{words[rule.op]}{'' if language == 'zh' else ' '}{values[0]}"


def behaviour_clause(rule: Behaviour, as_of: dt.date | None) -> Text:
    """The clause of a comparison of what customers did."""
    when = window_words(rule.window, as_of)
    en, zh = _bought(rule) if rule.where and rule.behaviour in ("orders", "amount", "quantity", "active_days") else _did(rule)
    return Text(en=f"{en} {when.en}".rstrip(), zh=f"{when.zh}{zh}")


def _did(rule: Behaviour) -> tuple[str, str]:
    which = 0 if _is_any(rule) else 1 if _is_none(rule) else 2
    listed = [value for values in rule.where.values() for value in values]
    en = _DONE[rule.behaviour][which].format(n=_times(rule, "en")) + (f" ({', '.join(listed)})" if listed else "")
    zh = _DONE_ZH[rule.behaviour][which].format(n=_times(rule, "zh")) + (f"（{'、'.join(listed)}）" if listed else "")
    return en, zh


def _bought(rule: Behaviour) -> tuple[str, str]:
    en, zh = _places(rule.where, "en"), _places(rule.where, "zh")
    if _is_any(rule):
        return f"who bought {en}", f"购买过 {zh} "
    if _is_none(rule):
        return f"who did not buy {en}", f"没有购买过 {zh} "
    n_en, n_zh = _times(rule, "en"), _times(rule, "zh")
    return {
        "orders": (f"with {n_en} orders {en}", f"购买 {zh} {n_zh}次"),
        "amount": (f"who spent {n_en} {en}", f"在 {zh} 消费{n_zh}"),
        "quantity": (f"who bought {n_en} items {en}", f"购买 {zh} {n_zh}件"),
        "active_days": (f"who bought {en} on {n_en} days", f"购买 {zh} 的天数{n_zh}天"),
    }[rule.behaviour]


def _places(where: dict[str, list[str]], language: str) -> str:
    parts = []
    for name, values in where.items():
        listed = (" 或 " if language == "zh" else " or ").join(values)
        if language == "zh":
            parts.append({"store": f"门店 {listed}", "channel": f"渠道 {listed}"}.get(name, listed))
        else:
            parts.append({"store": f"in store {listed}", "channel": f"through {listed}"}.get(name, f"from {listed}"))
    return " ".join(parts) if language == "en" else "、".join(parts)
