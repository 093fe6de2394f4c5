"""Names of clusters, composed of the words of their strongest traits, each once."""

from __future__ import annotations

from collections.abc import Sequence

from tools.contracts import Text, Unit
from tools.segments.clusters.traits import Trait
from tools.segments.clusters.words import Slot

LEAST_NAMED = 0.5
"""Least standardised difference (a medium effect, Cohen 1988) that goes into a name."""
STRONG = 1.0
"""From here on a trait may be a further word of a long name."""
USUAL_WORDS, MOST_WORDS = 3, 5
_FRONT: tuple[Slot, ...] = ("rhythm", "value", "discount", "breadth", "time")
_MOST_FRONT = 2
_MOST_OF: dict[str, int] = {"category": 2}
_WEIGHTS: dict[str, float] = {"category": 1.5, "price": 1.2, "breadth": 0.7}
_LOOKING = 0.8
_SECOND_CATEGORY = 0.6
"""A second category is named when its trait is at least this part as strong as the first's."""
MAIN_SHARE = 0.5
"""Share of spending from which a price of what they buy is the price of that category."""
FACTS = 5
_PLAIN = Text(zh="各方面接近平均的客户", en="Average customers")

Words = dict[str, list[Trait]]


def cluster_names(traits: Sequence[Sequence[Trait]]) -> list[Text]:
    """A name for each cluster, no two alike.

    Of two clusters with the same words, weaker traits tell them apart where there are any; else the one in which the
    strongest trait is stronger is called so "more so".
    """
    names: list[Text] = []
    for found in traits:
        name = compose(chosen_words(found))
        tried = (compose(chosen_words(found, extra)) for extra in range(len(found) + 1))
        free = next((one for one in tried if _is_free(one, names)), None)
        if free is None:
            twin = next((other for other, one in enumerate(names) if one == name), None)
            if twin is not None and found and traits[twin] and abs(found[0].effect) < abs(traits[twin][0].effect):
                names[twin] = _marked(name, names)
                free = name
        names.append(free or (_marked if found else _numbered)(name, names))
    return names


def _marked(name: Text, names: Sequence[Text]) -> Text:
    marked = Text(zh=f"{name.zh}（更明显）", en=f"{name.en} (more so)")
    return marked if _is_free(marked, names) else _numbered(name, names)


def chosen_words(traits: Sequence[Trait], extra: int = 0) -> Words:
    """The traits that go into a name, by slot.

    Args:
        traits: Of one cluster.
        extra: Further weaker traits to use, to tell the name from another cluster's.
    """
    chosen: Words = {}
    if any(one.column == "orders" and one.is_none for one in traits):
        # Of those who never ordered, everything about orders says the same.
        traits = [one for one in traits if one.entry.theme == "events" or _is_looking(one) or one.column == "orders"]
    for trait in sorted(traits, key=lambda one: (-_weight(one), one.column)):
        count = sum(len(found) for found in chosen.values())
        least = LEAST_NAMED if count < USUAL_WORDS else STRONG
        if count >= MOST_WORDS + extra or not _fits(trait, chosen):
            continue
        if abs(trait.effect) < least:
            if not extra:
                continue
            extra -= 1
        chosen.setdefault(_slot(trait), []).append(trait)
    return _without_doubtful_price(chosen, traits)


def _slot(trait: Trait) -> Slot:
    assert trait.side is not None
    return trait.side.slot


def _weight(trait: Trait) -> float:
    """How much a trait asks to be named: what they buy and how dear it is tell more than how they pay or where."""
    if trait.side is None:
        return 0.0
    # When they order says more than when they look, unless the latter stands out.
    return abs(trait.effect) * _WEIGHTS.get(_slot(trait), 1.0) * (_LOOKING if _is_looking(trait) else 1.0)


def _is_looking(trait: Trait) -> bool:
    return trait.column.startswith("browse_")


def _are_browsers(words: Words) -> bool:
    return "head" in words or any(_is_looking(trait) for trait in words.get("time", []))


def _fits(trait: Trait, chosen: Words) -> bool:
    """Whether a trait has words, there is room for them, and they say something that the others do not."""
    if trait.side is None or not _is_enough(trait):
        return False
    held, slot = chosen.get(trait.side.slot, []), trait.side.slot
    if len(held) >= _MOST_OF.get(slot, 1) or (held and abs(trait.effect) < _SECOND_CATEGORY * abs(held[0].effect)):
        return False
    if slot in _FRONT and sum(len(chosen.get(one, [])) for one in _FRONT) >= _MOST_FRONT:
        return False
    # Dear goods make large orders: one of both is said.
    money = [one for name in ("value", "price") for one in chosen.get(name, [])]
    sizes = {"average_order_value", "item_price", "price_level"}
    same = any(one.column in sizes and (one.effect > 0) == (trait.effect > 0) for one in money)
    return not (trait.column in sizes and slot != "category" and same)


def _is_enough(trait: Trait) -> bool:
    """Whether the difference is as large as its word claims: "lapsed" is not a week more than the others."""
    side, ratio = trait.side, trait.ratio
    if side is None or side.least_ratio is None or ratio is None:
        return True
    return max(ratio, 1 / ratio if ratio else 0.0) >= side.least_ratio


def _without_doubtful_price(words: Words, traits: Sequence[Trait]) -> Words:
    """A price is said of a category only where it is that category's: most of their spending, or dear for its kind."""
    if not ("price" in words and "category" in words):
        return words
    price = words["price"][0]
    within = any(one.column == "price_level" and (one.effect > 0) == (price.effect > 0) for one in traits)
    if within or sum(one.inside for one in words["category"]) >= MAIN_SHARE:
        return words
    weaker = "price" if abs(price.effect) < abs(words["category"][0].effect) else "category"
    return {slot: found for slot, found in words.items() if slot != weaker}


def compose(words: Words) -> Text:
    """The name of a cluster with those traits."""
    if not words:
        return _PLAIN
    english = _english(words)
    return Text(zh=_chinese(words), en=english[0].upper() + english[1:])


def _said(words: Words, slot: Slot, language: str) -> list[str]:
    sides = [trait.side for trait in words.get(slot, [])]
    return [side.zh if language == "zh" else side.en for side in sides if side is not None]


def _english(words: Words) -> str:
    front = [word for slot in _FRONT for word in _said(words, slot, "en")]
    price, items = _said(words, "price", "en"), " and ".join(_said(words, "category", "en"))
    head = "browsers" if _are_browsers(words) else "buyers" if price or items else "shoppers"
    goods = " ".join([*price, items or ("items" if price else "")]).strip()
    core = f"{head} of {goods}" if goods else head
    return " ".join([*front, core, *_said(words, "clause", "en")])


def _chinese(words: Words) -> str:
    front = [word for slot in _FRONT if slot != "time" for word in _said(words, slot, "zh")]
    parts = [part for part in (*front, _chinese_core(words), *_said(words, "clause", "zh")) if part]
    joined = "、".join(parts)
    return f"{joined}{' ' if joined[-1].isascii() else ''}的客户"


def _chinese_core(words: Words) -> str:
    """When they do what with which goods: 深夜浏览高价电子."""
    time, price = "".join(_said(words, "time", "zh")), "".join(_said(words, "price", "zh"))
    items = "和".join(_said(words, "category", "zh")) or ("商品" if price else "")
    browsing = _are_browsers(words)
    goods = f"{price}{' ' if items[:1].isascii() and items else ''}{items}"
    if not goods:
        verb = "浏览" if browsing else "下单"
        return f"常在{time}{verb}" if time else "爱浏览" if browsing else ""
    if time or browsing:
        return f"{time}{'浏览' if browsing else '购买'}{goods}"
    return f"偏爱{goods}"


def _is_free(name: Text, names: Sequence[Text]) -> bool:
    return all(name.zh != one.zh and name.en.casefold() != one.en.casefold() for one in names)


def _numbered(name: Text, names: Sequence[Text]) -> Text:
    number = 2
    while not _is_free(Text(zh=f"{name.zh}（{number}）", en=f"{name.en} ({number})"), names):
        number += 1
    return Text(zh=f"{name.zh}（{number}）", en=f"{name.en} ({number})")


def sentence(traits: Sequence[Trait], currency: str) -> Text:
    """What distinguishes a cluster, in one sentence with its figures beside those of all customers."""
    told = told_traits(traits)
    if not told:
        return Text(zh="与全体客户没有明显差别。", en="They do not differ clearly from all customers.")
    zh = "；".join(_fact(one, currency, "zh").format("全体 ") for one in told)
    en = "; ".join(_fact(one, currency, "en").format("all: ") for one in told)
    return Text(zh=f"与全体客户相比：{zh}。", en=f"Beside all customers: {en}.")


def _fact(trait: Trait, currency: str, language: str) -> str:
    inside, base = (shown(value, trait, currency, language) for value in (trait.inside, trait.base))
    label = trait.entry.label.say(language).replace("{", "{{").replace("}", "}}")
    return f"{label} {inside}（{{}}{base}）" if language == "zh" else f"{label} {inside} ({{}}{base})"


def told_traits(traits: Sequence[Trait]) -> list[Trait]:
    """The strongest traits, at most two of a theme, those of the name first."""
    named = [trait for found in chosen_words(traits).values() for trait in found]
    told: list[Trait] = sorted(named, key=lambda one: -abs(one.effect))
    for trait in traits:
        theme = trait.entry.theme
        if len(told) < FACTS and trait not in told and sum(one.entry.theme == theme for one in told) < 2:
            told.append(trait)
    return told


def shown(value: float, trait: Trait, currency: str, language: str = "en") -> str:
    """A mean as words show it."""
    unit = trait.entry.unit
    if unit is Unit.SHARE:
        return f"{value:.0%}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 or unit is Unit.DAYS else 2
    after = (" 天" if language == "zh" else " days") if unit is Unit.DAYS else ""
    return f"{currency if unit is Unit.MONEY else ''}{value:,.{digits}f}{after}"
