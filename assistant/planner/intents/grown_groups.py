"""“12月哪些门店卖得比11月好”, "which stores sold more in December than November": only the groups whose figure went that way."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.normalise import normalise
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence

_WHICH = re.compile(
    r"哪|的(?:门店|店|部门|品类|类目|商品|品牌)|"
    r"\b(?:which|what|any|list|show|stores|shops|departments|categories|products|brands|subcategories) "
)
_UP = re.compile(
    r"比[^,;?。]*?(?:多|好|高|大|强|旺|上升|上涨|增长|增加|涨|升)(?!少)|(?:上涨|增长|上升|提升|增加|变多|走高)了?的|"
    r"\b(?:more|higher|better|bigger|larger|stronger)\b.*\bthan\b|"
    r"\b(?:grew|rose|increased|improved|went up|gained|was up|were up|grow|beat|outperformed)\b"
)
_DOWN = re.compile(
    r"比[^,;?。]*?(?:少|差|低|小|弱|淡|下降|下滑|下跌|减少|跌|降)|(?:下降|下滑|下跌|减少|变少|走低)了?的|"
    r"\b(?:fewer|lower|less|worse|smaller|weaker)\b.*\bthan\b|"
    r"\b(?:fell|dropped|declined|decreased|shrank|went down|was down|were down|lost)\b"
)
_AMOUNT = re.compile(
    r"多少|几成|百分之几|分别|各自|对比一下|最|前\d|吗|排|how much|how many|by what|compare|of the two|of (?:them|these|those)|"
    r"\b(?:most|least|top|biggest|largest|grew more|fell more|rose more|dropped more)\b"
)
"""How far they went, or the order of all, is asked: no group is left out."""


def only_grown(found: Plan | None, sentence: Sentence) -> Plan | None:
    """The plan with the groups that went the way that is asked for, where groups are asked for by it; unchanged otherwise."""
    call = found.calls[0] if found is not None and len(found.calls) == 1 else None
    if found is None or call is None or call.name != "measure" or not call.args.get("compare") or call.args.get("compare") == "step":
        return found
    by = call.args.get("by", [])
    levels = sentence.vocabulary.levels
    if len(by) != 1 or levels.get(by[0]) == "time" or call.args.get("having") or call.args.get("limit"):
        return found
    text = normalise(sentence.typed or sentence.text)
    if not _WHICH.search(text) or _AMOUNT.search(text) or call.args.get("sort") not in (None, "growth", "decline"):
        return found
    up, down = _UP.search(text) is not None, _DOWN.search(text) is not None
    if up == down:
        return found
    metric = call.args["metrics"][0]
    having = [{"metric": metric, "op": ">" if up else "<", "value": "0", "of": "difference"}]
    return replace(found, calls=(replace(call, args={**call.args, "sort": "growth" if up else "decline", "having": having}),))
