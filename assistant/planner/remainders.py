"""“And the rest?”, “其他人的客单价”, “next 10”: the customers of a list that were not shown in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.heads import LISTS
from assistant.planner.lexicon import read_table
from assistant.planner.normalise import normalise
from assistant.planner.tokens import Sense, Token

_THEM = Sense("pronoun", "them")
_TWO = 2
_KEPT = ("export_customers", "save_segment", "export_table")
_OTHERS = ("rest", "everyone")
_HANDLE = re.compile(r"t\d+(?:\.\d+)?")
_WITHIN = ("里", "中", "当中", "之中")
_NAMES = ("segment", "value", "condition", "comparison", "customer_id", "dimension")


def take_rest(tokens: list[Token], dialogue: Dialogue) -> tuple[list[Token], Result | None] | None:
    """The tokens with a pronoun for those who are left, and those customers; None where the question is not about them."""
    last = _list(dialogue) or _measured(dialogue)
    if last is None or any(token.is_("cue", "compare") for token in tokens):
        return None
    found = _rest(tokens) or _next(tokens)
    if found is None:
        return None
    at, end, number = found
    named = any(token.is_(kind) for token in tokens for kind in _NAMES)
    if named and last.call.name in LISTS and not _among(tokens, at, end):
        return None
    if not number and (_stayed(tokens[at], last, dialogue) or _spoken_of(tokens[at], last, dialogue)):
        pointed = Token(tokens[at].start, tokens[end - 1].end, tokens[at].text, (_THEM,))
        return [*tokens[:at], pointed, *tokens[end:]], last
    rule = _left_of_narrowed(last) or _left(last)
    if rule is None:
        return None
    selection: dict[str, Any] = {"rule": rule}
    if number:
        chosen = last.selection or {}
        selection |= {"sort_by": chosen.get("sort_by") or "amount", "descending": bool(chosen.get("descending", True)), "limit": number}
    pointed = Token(tokens[at].start, tokens[end - 1].end, tokens[at].text, (_THEM,))
    return [*tokens[:at], pointed, *tokens[end:]], replace(last, handle="", content={"selection": selection})


def _stayed(token: Token, last: Result, dialogue: Dialogue) -> bool:
    """“再去掉租房的”, then “剩下的人均花多少”: those who stayed on the list, and not those who were taken off it."""
    words = read_table("turns")
    typed = normalise(dialogue.questions[last.turn]) if 0 <= last.turn < len(dialogue.questions) else ""
    took_off = any(re.search(rf"(?<![a-z]){re.escape(one)}(?![a-z])", typed) for one in words["taken"]["away"]["words"])
    return token.text in words["others"]["stayed"]["words"] and took_off


def _spoken_of(token: Token, last: Result, dialogue: Dialogue) -> bool:
    """“其他人有多少”, then “其他人里有孩子的”: the others that the list is of already."""
    typed = normalise(dialogue.questions[last.turn]) if 0 <= last.turn < len(dialogue.questions) else ""
    return token.text in typed and set((last.selection or {}).get("rule") or {}) == {"not"}


def _list(dialogue: Dialogue) -> Result | None:
    """The latest list, where the latest answer is one or measures one."""
    last = dialogue.last
    if last is not None and last.call.name in _KEPT:
        last = next((one for one in reversed(dialogue.results) if one.call.name not in _KEPT and not one.aside), None)
    if last is not None and last.call.name == "measure" and last.call.args.get("customers") is not None:
        last = next((one for one in reversed(dialogue.results) if one.call.name in LISTS and not one.aside), None)
    return last if last is not None and last.call.name in LISTS and last.selection is not None else None


def _measured(dialogue: Dialogue) -> Result | None:
    """The customers that the latest answer held everybody else against."""
    last = dialogue.last
    meant = dialogue.against_others(last) if last is not None else None
    return dialogue.about(meant) if meant is not None else None


def _rest(tokens: list[Token]) -> tuple[int, int, int | None] | None:
    words = read_table("turns")["others"]["of_list"]["words"]
    at = next((at for at, token in enumerate(tokens) if (token.is_("cue", *_OTHERS) or token.is_("remain")) and token.text in words), None)
    if at is None:
        return None
    end = at + 1
    while end < len(tokens) and (tokens[end].is_("noun") or tokens[end].text in ("的", "of them", "人", "of")):
        end += 1
    return at, end, None


def _among(tokens: list[Token], at: int, end: int) -> bool:
    """“其他人里有孩子的”, "how many of the others have kids": a condition is told of those who are left."""
    before, after = tokens[at - 1].text if at else "", tokens[end].text if end < len(tokens) else ""
    return after.startswith(_WITHIN) or before.split(" ")[-1] in ("of", "among", "amongst")


def _next(tokens: list[Token]) -> tuple[int, int, int | None] | None:
    """“Next 10”, “下10个”: as many after those that were shown."""
    for at, token in enumerate(tokens[:-1]):
        quantity = tokens[at + 1].get("quantity")
        if (token.is_("part", "next") or token.text in ("下", "再下", "the next")) and quantity and quantity.data["unit"] in ("", "person"):
            others = [one for place, one in enumerate(tokens) if place not in (at, at + 1)]
            light = all(any(one.is_(kind) for kind in ("stop", "punctuation", "ellipsis", "conj", "noun")) for one in others)
            return (at, at + 2, int(quantity.data["value"])) if light else None
    return None


def _left(last: Result) -> Any:
    """The rule of those who are not in a list; None where it cannot be told."""
    selection = last.selection or {}
    rule = selection.get("rule") or {"all": []}
    if not selection.get("limit") and _is_rest(rule):
        return rule
    if not selection.get("limit"):
        return {"not": rule} if rule != {"all": []} else None
    if not last.handle:
        return None
    shown = {"not": {"segment": last.handle}}
    return shown if rule == {"all": []} else {"all": [*(rule["all"] if set(rule) == {"all"} else [rule]), shown]}


def _left_of_narrowed(last: Result) -> Any:
    """“And the rest?” after “which of them …”: those of the list before who were not named, and not everybody else."""
    chosen = last.selection or {}
    rule = chosen.get("rule") or {}
    if set(rule) != {"all"} or len(rule["all"]) < _TWO:
        return None
    of_list = rule["all"][0]
    listed = of_list.get("field") == "customer_id" and of_list.get("op") == "in"
    if not listed and not _HANDLE.fullmatch(str(of_list.get("segment", ""))):
        return None
    if listed and len(of_list["value"]) > (chosen.get("limit") or len(of_list["value"])):
        return None
    narrowed = rule["all"][1:]
    return {"all": [of_list, {"not": narrowed[0] if len(narrowed) == 1 else {"all": narrowed}}]}


def _is_rest(rule: Any) -> bool:
    """Whether a list is what was left of another one already."""
    parts = rule["all"] if set(rule) == {"all"} else [rule]
    return any(isinstance(part.get("not"), dict) and _HANDLE.fullmatch(str(part["not"].get("segment", ""))) for part in parts)
