"""A verb that nobody told the planner, where only one for buying can stand: “never touched ice cream”, “没碰过冰淇淋的客户”.

What a word in that place was taken for is named in the answer.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.lexicon import read_table
from assistant.planner.tokenise import Mended
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary

_BUYING = (Sense("verb", "order", {"behaviour": "orders"}), Sense("act", "buys"))
_DENIALS = ("never", "didnt", "did not", "dont", "do not", "doesnt", "does not", "havent", "have not", "hasnt", "has not", "ever", "hadnt")
"""After these a verb follows, and no attribute of goods."""
_DONE = "过"
_SHORT = 2


def with_guessed_verbs(tokens: list[Token], vocabulary: Vocabulary) -> tuple[list[Token], list[Mended]]:
    """The tokens with such words as verbs of buying, and what was taken for what."""
    found, guessed = list(tokens), []
    for at, token in enumerate(tokens):
        stands = token.unknown and (_stands_en(tokens, at, vocabulary) if token.text.isascii() else _stands_zh(tokens, at, vocabulary))
        if stands:
            found[at] = replace(token, senses=_BUYING)
            guessed.append(Mended(token.text, "bought" if token.text.isascii() else "买"))
    return found, guessed


def _stands_en(tokens: list[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Between a denial or “who” and goods: “never touched any ice cream”."""
    before = tokens[at - 1] if at else None
    who = before is not None and before.is_("conj", "who") and at > 1
    denied = before is not None and before.is_("neg") and before.text in _DENIALS
    word = tokens[at].text
    if not (who or denied) or not word.isalpha() or len(word) <= _SHORT or word in read_table("places")["not_verbs"]:
        return False
    return _goods_follow(tokens, at + 1, read_table("places")["before_goods"], vocabulary)


def _stands_zh(tokens: list[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Before 过 and goods: “碰过冰淇淋”."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    apart = after is not None and after.text == _DONE
    joined = tokens[at].text.endswith(_DONE) and len(tokens[at].text) <= _SHORT + 1
    word = tokens[at].text.removesuffix(_DONE)
    short = 0 < len(word) <= _SHORT and word not in read_table("places")["not_verbs"]
    return short and (apart or joined) and _goods_follow(tokens, at + 1 + apart, (), vocabulary)


def _goods_follow(tokens: list[Token], at: int, light: tuple[str, ...] | list[str], vocabulary: Vocabulary) -> bool:
    while at < len(tokens) and tokens[at].text in light:
        at += 1
    value = tokens[at].get("value") if at < len(tokens) else None
    return value is not None and vocabulary.levels.get(str(value.data["dimension"])) == "product"
