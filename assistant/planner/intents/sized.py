"""How large goods are, and how many of them were sold: “how big is private label per department”, "how many deli did we sell"."""

from __future__ import annotations

from assistant.planner.sentence import Sentence

SIZES = ("how big", "how large", "size", "size of", "the size of", "how important", "多大", "规模")
"""Words for size: of goods it is what they sell for."""
_LEVELS = ("product", "order")


def of_goods(sentence: Sentence, place: int) -> bool:
    """Whether a “how big” or “how many” stands right before goods or shops, and no people are named."""
    following = sentence.tokens[place + 1 : place + 4]
    value = next((one for token in following if not token.is_("stop") or token.is_("value") for one in [token.get("value")]), None)
    if value is None or sentence.vocabulary.levels.get(str(value.data["dimension"])) not in _LEVELS:
        return False
    sized = sentence.tokens[place].text in SIZES
    named = any(token.is_("noun") or token.is_("metric") or token.is_("segment") for token in sentence.tokens)
    return not named and not sentence.says("neg") and (sized or sentence.says("cue", "sold"))
