"""Clauses of what customers did compared with more of it: shares of all that they did, and two times side by side."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tools.contracts import Text
from tools.rules import Behaviour
from tools.segments.clauses import either, moment_words, place_words, plain_number
from tools.segments.spans import window_words

_DONE = {
    "orders": ("订单数", "orders"),
    "amount": ("消费额", "spend"),
    "quantity": ("购买件数", "items"),
    "active_days": ("购买天数", "days with an order"),
    "contacts": ("触达次数", "contacts"),
    "responses": ("响应次数", "responses"),
    "events": ("行为次数", "events"),
}
_EN = {"=": "exactly", "!=": "not", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "between": "between"}
_ZH = {"=": "恰好为", "!=": "不为", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不少于", "between": "在"}


def relative_clause(rule: Behaviour, as_of: dt.date | None) -> Text:
    """The clause of a share, or of one time compared with another."""
    return _share(rule, as_of) if rule.than is None else _than(rule, as_of)


def _share(rule: Behaviour, as_of: dt.date | None) -> Text:
    when, place, moment = window_words(rule.window, as_of), place_words(rule.where), moment_words(rule.where)
    named = [value for name, values in rule.where.items() if name not in ("store", "channel", "weekday", "hour") for value in values]
    zh, en = _DONE[rule.behaviour]
    on = (f"on {either(named, ', ', ' or ')}" if named else "", place[0], moment.en, when.en)
    of = (either(named, "、", "或"), moment.zh, place[1].strip())
    amounts = [f"{plain_number(value * 100)}%" for value in _values(rule)]
    return Text(
        en=f"with {_EN[rule.op]} {' and '.join(amounts)} of their {en} {' '.join(part for part in on if part)}",
        zh=f"{when.zh}{''.join(of)}的{zh}占其全部{zh}的比例{_ZH[rule.op]}{'至'.join(amounts)}",
    )


def _than(rule: Behaviour, as_of: dt.date | None) -> Text:
    when, then = window_words(rule.window, as_of), window_words(rule.than, as_of)
    named = [value for values in rule.where.values() for value in values]
    zh, en = _DONE[rule.behaviour]
    times = [plain_number(value) for value in _values(rule)]
    once = times == ["1"]
    of_en, of_zh = f" on {either(named, ', ', ' or ')}" if named else "", either(named, "、", "或")
    first = Text(zh=when.zh or "全部时间", en=when.en or "in all")
    other = Text(zh=then.zh or "全部时间", en=then.en or "in all")
    factor = Text(zh="" if once else f"的{'至'.join(times)}倍", en="" if once else f"{' and '.join(times)} times ")
    was = "were" if en.endswith("s") else "was"
    return Text(
        en=f"whose {en}{of_en} {first.en} {was} {_EN[rule.op]} {factor.en}that {other.en}",
        zh=f"{first.zh}{of_zh}{zh}{_ZH[rule.op]}{other.zh}{factor.zh}",
    )


def _values(rule: Behaviour) -> list[Decimal]:
    return [Decimal(value) for value in (rule.value if isinstance(rule.value, list) else [rule.value])]
