"""Clauses of what customers did compared with more of it: shares of all that they did, and two times side by side."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tools.contracts import Text
from tools.metrics.baskets import orders_text
from tools.rules import Behaviour
from tools.segments.behaviour_names import BEHAVIOURS
from tools.segments.clauses import COMPARED_ZH, either, moment_words, place_words, plain_number
from tools.segments.spans import window_words

_EN = {"=": "exactly", "!=": "not", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "between": "between"}
_ZH = {**COMPARED_ZH, "=": "恰好为", "between": "在"}


def relative_clause(rule: Behaviour, as_of: dt.date | None) -> Text:
    """The clause of a share, or of one time compared with another."""
    return _share(rule, as_of) if rule.than is None else _than(rule, as_of)


def _share(rule: Behaviour, as_of: dt.date | None) -> Text:
    when, place, moment = window_words(rule.window, as_of), place_words(rule.where), moment_words(rule.where)
    named = [value for name, values in rule.where.items() if name not in ("store", "channel", "weekday", "hour") for value in values]
    name, _ = BEHAVIOURS[rule.behaviour]
    kind = f"in {orders_text(rule.basket).en}" if rule.basket else ""
    on = (kind, f"on {either(named, ', ', ' or ')}" if named else "", place[0], moment.en, when.en)
    of = (either(named, "、", "或"), moment.zh, place[1].strip(), f"{orders_text(rule.basket).zh}中" if rule.basket else "")
    amounts = [f"{plain_number(value * 100)}%" for value in _values(rule)]
    return Text(
        en=f"with {_EN[rule.op]} {' and '.join(amounts)} of their {name.en} {' '.join(part for part in on if part)}",
        zh=f"{when.zh}{''.join(of)}的{name.zh}占其全部{name.zh}的比例{_ZH[rule.op]}{'至'.join(amounts)}",
    )


def _than(rule: Behaviour, as_of: dt.date | None) -> Text:
    when, then = window_words(rule.window, as_of), window_words(rule.than, as_of)
    named = [value for values in rule.where.values() for value in values]
    name, _ = BEHAVIOURS[rule.behaviour]
    times = [plain_number(value) for value in _values(rule)]
    once = times == ["1"]
    of_en, of_zh = f" on {either(named, ', ', ' or ')}" if named else "", either(named, "、", "或")
    first = Text(zh=when.zh or "全部时间", en=when.en or "in all")
    other = Text(zh=then.zh or "全部时间", en=then.en or "in all")
    factor = Text(zh="" if once else f"的{'至'.join(times)}倍", en="" if once else f"{' and '.join(times)} times ")
    was = "were" if name.en.endswith("s") else "was"
    return Text(
        en=f"whose {name.en}{of_en} {first.en} {was} {_EN[rule.op]} {factor.en}that {other.en}",
        zh=f"{first.zh}{of_zh}{name.zh}{_ZH[rule.op]}{other.zh}{factor.zh}",
    )


def _values(rule: Behaviour) -> list[Decimal]:
    return [Decimal(value) for value in (rule.value if isinstance(rule.value, list) else [rule.value])]
