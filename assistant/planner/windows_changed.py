"""“上半年和下半年分别呢”, "october and november then?": the measurement before in two times that are named."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.intents.windowed import with_windows
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence

_LIGHT = ("window", "stop", "conj", "punctuation", "ellipsis", "pair", "between", "pronoun", "by", "direction", "gap", "higher")
_CUES = ("compare", "previous", "growth")
_OVER_TIME = frozenset({"day", "week", "month", "quarter", "year"})


def of_two_times(sentence: Sentence, _: Dialogue, last: Result) -> Plan | None:
    """The latest measurement in both of two times, where nothing else is said."""
    windows = [sense.data["window"] for sense in (one for _, one in sentence.free("window"))]
    light = all(any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", *_CUES) for token in sentence.tokens)
    if last.call.name != "measure" or len(windows) != 2 or not light:
        return None
    sentence.use(*range(len(sentence.tokens)))
    kept = {name: value for name, value in last.call.args.items() if name not in ("window", "compare")}
    if sentence.says("cue", "growth") and set(kept.get("by") or ()) <= _OVER_TIME:
        kept["by"] = []  # “下半年涨了吗” of figures by month: the one against the other
    return with_windows(sentence, {"by": [], **kept}, windows)
