"""“再加上三季度的”, "add March": another time beside that of the measurement before."""

from __future__ import annotations

from typing import Any

from assistant.planner.intents.windowed import with_windows
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.windows import joined_windows
from tools.windows import Window

_TIMES = frozenset({"day", "week", "month", "quarter"})


def with_more_time(sentence: Sentence, args: dict[str, Any]) -> Plan | None:
    """The measurement in both times: as one course where they follow each other and it is told over time, else each for itself."""
    windows = [sense.data["window"] for _, sense in sentence.free("window")]
    others = any(sentence.has(kind) for kind in ("metric", "value", "segment", "condition", "comparison", "dimension"))
    if len(windows) != 1 or not args.get("window") or others or not sentence.says("ellipsis", "also"):
        return None
    before = Window.model_validate(args["window"])
    if before == windows[0]:
        return None
    sentence.take_all("window")
    sentence.take_all("cue", "compare", "list")
    over_time = bool(_TIMES & set(args.get("by") or ()))
    joined = joined_windows([before, windows[0]], sentence.vocabulary.as_of) if over_time else None
    if joined is not None:
        return Plan((Call("measure", {**args, "window": joined.model_dump(mode="json", exclude_defaults=True)}),))
    return with_windows(sentence, {"by": [], **{name: one for name, one in args.items() if name != "compare"}}, [before, windows[0]])
