"""“Save the first 50”, “导出前10个”: the head of the list that was shown last, in its order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.tokens import Sense, Token, merged

_THEM = Sense("pronoun", "them")
LISTS = ("find_customers", "churn_risk", "customer_value", "next_order", "predict_response", "find_behaviour")
"""Tools that list customers in an order."""
_FIRST = ("first", "top", "the first", "the top", "前", "头", "最前")
_THESE = ("这", "那", "these", "those", "the same", "of these", "of those", "among these", "among those", "for these", "for those")
_THIS = ("this", "that", "these", "those", "这", "那")
_LAST = ("last", "bottom", "the last", "后", "最后", "倒数")
_FILLERS = ("stop", "conj", "punctuation", "ellipsis")
_NAMES = ("segment", "value", "condition", "band", "comparison", "dimension", "by", "customer_id", "top_customers", "horizon")
"""What makes the number a cut of other customers than those shown."""


def take_head(tokens: list[Token], dialogue: Dialogue) -> tuple[list[Token], Result | None] | None:
    """The tokens with a pronoun for the head, and those customers; None where the question is not about the list."""
    found = next((one for at in range(len(tokens)) if (one := _head(tokens, at))), None)
    listed = _list(tokens, dialogue)
    if found is None or listed is None:
        return None
    at, end, number, tail = found
    others = [*tokens[:at], *tokens[end:]]
    if all(any(token.is_(kind) for kind in _FILLERS) for token in others):
        return _shorter(tokens, at, end, number, tail)  # the call before is changed
    these = tokens[at].text in (*_THESE, *_THIS)
    if not these and (any(token.is_(kind) for token in others for kind in _NAMES) or _orders(others, tokens[end : end + 1])):
        return None
    whole = these and not (listed.selection or {}).get("limit") and number == _shown(listed)
    return [*tokens[:at], merged(tokens[at:end], _THEM), *tokens[end:]], listed if whole else _cut(listed, number, tail)


def _shown(listed: Result) -> int | None:
    """How many customers a list has."""
    tables = listed.content.get("tables") or [{}]
    rows = tables[0].get("row_count")
    return int(rows) if rows is not None else None


def _shorter(tokens: list[Token], at: int, end: int, number: int, tail: bool) -> tuple[list[Token], Result | None] | None:
    """“First 5”, where nothing else is said: as many, in the order of before."""
    if tail:
        return None
    quantity = Sense("quantity", str(number), {"value": Decimal(number), "unit": ""})
    return [*tokens[:at], merged(tokens[at:end], quantity), *tokens[end:]], None


def _list(tokens: list[Token], dialogue: Dialogue) -> Result | None:
    """The list that the question is about: the latest answer, or with an action the latest list."""
    acts = any(token.is_("cue", "export") or token.is_("ask", "save_segment") or token.is_("segment_name") for token in tokens)
    last = dialogue.last
    if not acts and any(token.is_("ellipsis") for token in tokens):
        return None  # the call before is changed, not another made of it
    ranked = last is not None and last.call.name == "measure" and list(last.call.args.get("by") or ()) == ["customer"]
    if last is None or not (last.call.name in LISTS or ranked or acts):
        return None
    about = dialogue.last_customers
    if about is not None and about.call.name == "look_up_customer":
        return next((one for one in reversed(dialogue.results) if one.call.name in LISTS and one.selection is not None), None)
    return about


def _head(tokens: list[Token], at: int) -> tuple[int, int, int, bool] | None:
    """Where “first 10” or “前10个” is, how many, and whether it is the end of the list."""
    ranking, following = tokens[at].get("ranking"), tokens[at + 1 : at + 2]
    told = following[0].get("ranking") if following and tokens[at].text in _THIS else None
    if told is not None and told.data.get("n") and following[0].text.startswith(_FIRST):
        return at, _of_them(tokens, at + 2), int(told.data["n"]), False  # “for this top 20”
    if ranking is not None and ranking.data.get("n") and not ranking.data.get("share"):
        tail = ranking.id == "smallest"
        if tokens[at].text.startswith(_LAST if tail else _FIRST):
            return at, _of_them(tokens, at + 1), int(ranking.data["n"]), tail
    if tokens[at].text in _THESE and following and following[0].is_("quantity") and not following[0].is_("window"):
        told = following[0].get("quantity")
        if told is not None and told.data["unit"] in ("", "person", "piece") and told.data["value"] > 1:
            return at, _of_them(tokens, at + 2), int(told.data["value"]), False
    first = tokens[at].is_("head") or tokens[at].is_("ordinal", "1") or tokens[at].text in _FIRST
    quantity = following[0].get("quantity") if following else None
    if first and quantity is not None and quantity.data["unit"] in ("", "person", "piece") and quantity.data["value"] >= 1:
        return at, _of_them(tokens, at + 2), int(quantity.data["value"]), False
    return None


def _of_them(tokens: list[Token], end: int) -> int:
    """Past “of them”, “customers on the list”."""
    while (
        end < len(tokens)
        and not tokens[end].is_("field", "amount")
        and (tokens[end].is_("pronoun") or tokens[end].is_("noun") or tokens[end].text in ("of", "个", "名", "位"))
    ):
        end += 1
    return end


def _orders(others: list[Token], following: list[Token]) -> bool:
    """Whether a field or metric beside the number orders other customers: “前10个消费最高的”."""
    if any(sense.kind == "option" and ".sort_by." in sense.id for token in others for sense in token.senses):
        return True
    named = [token for token in others if (token.is_("metric") or token.is_("field")) and not token.is_("noun")]
    return bool(named) and not (following and following[0].text == "的")


def _cut(listed: Result, number: int, tail: bool) -> Result:
    """The head of a list as a result of its own."""
    selection: dict[str, Any] = dict(listed.selection or {})
    descending = bool(selection.get("descending", True))
    most = selection.get("limit")
    if tail and most:
        descending = not descending  # the end of a list that was itself cut is read from its rows
    cut = {
        "rule": selection.get("rule") or {"all": []},
        "sort_by": selection.get("sort_by") or "amount",
        "descending": not descending if tail and not most else descending,
        "limit": min(number, int(most)) if most else number,
    }
    if tail and most:
        rows = [str(row[0]) for row in listed.rows][-number:]
        cut = {"rule": {"field": "customer_id", "op": "in", "value": rows}}
        return replace(listed, handle="", content={"selection": cut})
    rows_shown = listed.rows[:number] if not tail and len(listed.rows) >= number else []
    table = {"rows": rows_shown, "row_count": cut["limit"]}
    return replace(listed, handle="", content={"selection": cut, "tables": [table]})
