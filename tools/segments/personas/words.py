"""Facts in words: the aspects of a persona, its headline, and what to say to the members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from tools.contracts import Text, Unit
from tools.rendering import render
from tools.segments.contrasts import SMALLEST_GROUP
from tools.segments.personas.demographics import demographic_lines
from tools.segments.personas.facts import Fact, Facts
from tools.segments.personas.script import Line, Talk, Theme, names_in, script, spaced, tidy
from tools.segments.playbook import Strategy
from tools.segments.profile import CategoryLift, Number

_SUMMARY = ("spending", "rhythm", "taste", "price")
"""The aspects of which the short paragraph consists."""
_MOST_ADJECTIVES = 4
_MOST_LINES = 4
_CLEAR_PART = 0.4
_CLEAR_DAY = 0.2
_UNEVEN_DAY = 1.2 / 7
"""Share of orders from which a weekday is worth naming."""
_NEAR = 0.02
_WHOLE_DAYS = 10
_TIMES = {1: "once", 2: "twice"}


def aspects(facts: Facts, currency: str) -> dict[str, Text]:
    """Each aspect that the data tell, by id, in the order in which they are told."""
    words = {language: _placeholders(facts, language, currency) for language in ("zh", "en")}
    told = {}
    for name, aspect in script().aspects.items():
        sentence = _filled(aspect.plain if facts.is_everyone else aspect.compared, words)
        if sentence:
            told[name] = sentence
    demographics = demographic_lines(facts)
    told["demographics"] = joined(demographics) if demographics else script().demographic.unknown
    return told


def label_of(aspect: str) -> Text:
    """The name of an aspect."""
    return script().demographic.label if aspect == "demographics" else script().aspects[aspect].label


def paragraph(told: dict[str, Text]) -> Text:
    """The short text: what they spend, how often they come, what they like, what they pay."""
    return joined([told[name] for name in _SUMMARY if name in told])


def joined(sentences: Sequence[Text]) -> Text:
    """Sentences in a row."""
    return Text(zh="".join(one.zh for one in sentences), en=" ".join(one.en for one in sentences))


def _filled(templates: Iterable[Text], words: dict[str, dict[str, str]]) -> Text | None:
    for template in templates:
        if names_in(template.zh) | names_in(template.en) <= words["zh"].keys():
            return Text(zh=tidy(template.zh.format_map(words["zh"])), en=template.en.format_map(words["en"]))
    return None


def _placeholders(facts: Facts, language: str, currency: str) -> dict[str, str]:
    found = {}
    for name, fact in facts.numbers.items():
        for key, value in ((name, fact.value), (f"{name}_base", fact.base)):
            if value is not None:
                found[key] = _shown(value, fact.unit, language, currency)
    found |= facts.names if language == "en" else {key: spaced(name) for key, name in facts.names.items()}
    _as_times(found, facts.numbers.get("orders"), language)
    if "gap_median_days" in found:
        found["gap"], found["gap_base"] = _every(found["gap_median_days"], language), found["gap_median_days_base"]
    return found | _worded(facts, language, found)


def _every(days: str, language: str) -> str:
    """One comes about every day, not every 1 day."""
    if language == "zh":
        return "每天" if days == "1 天" else f"每 {days}"
    return "day" if days == "1 day" else days


def _worded(facts: Facts, language: str, found: dict[str, str]) -> dict[str, str]:
    """What is told by words of the script."""
    words, tested = script(), facts.profile.customers >= SMALLEST_GROUP
    worded = {"price_attitude": words.price_attitude[_attitude(facts, tested)].say(language)}
    worded["taste_alike"] = words.taste_alike["tested" if tested and not facts.tastes_differ else "unknown"].say(language)
    if facts.keys.get("regularity") in words.regularity:
        worded["regularity"] = words.regularity[facts.keys["regularity"]].say(language)
    if "part" in facts.keys:
        worded["part"] = words.parts[facts.keys["part"]].say(language)
        worded["even_week"] = words.even_week.say(language)
    if _at_least(facts.numbers.get("weekday_share"), _UNEVEN_DAY):
        worded["weekday"] = words.weekdays[int(facts.keys["weekday"])].say(language)
    if "recency_days" in found:
        ago = words.last["ago" if facts.numbers["recency_days"].value else "today"]
        worded["last"] = ago.say(language).format_map(found)
    if facts.favourites:
        worded["favourites"] = listed([_with_lift(one, language) for one in facts.favourites], language)
    return worded


def _attitude(facts: Facts, tested: bool) -> str:
    """Whether they look for deals more or less than others; "same" where the shares are near, else nothing is said."""
    fact, direction = facts.numbers.get("discount_share"), facts.direction("discount_share")
    if direction:
        return direction
    near = fact is not None and fact.value is not None and fact.base is not None and abs(float(fact.value) - float(fact.base)) < _NEAR
    return "same" if tested and near else "unknown"


def _shown(value: Number, unit: Unit, language: str, currency: str) -> str:
    if unit is not Unit.DAYS:
        return render(value, unit, language, currency)
    # A typical gap of 26.8 days is about 27 in words.
    rounded = value if value < _WHOLE_DAYS else int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))
    return f"{render(rounded, unit, 'zh', style='bare')} 天" if language == "zh" else render(rounded, unit, language)


def _as_times(found: dict[str, str], orders: Fact | None, language: str) -> None:
    if orders is None:
        return
    if not orders.value:
        found.pop("orders", None)
        found["not_ordered"] = script().not_ordered.say(language)
        return
    for key, value in (("orders", orders.value), ("orders_base", orders.base)):
        if value is not None:
            shown = render(value, Unit.NUMBER, language)
            found[key] = f"{shown} 次" if language == "zh" else _TIMES.get(int(value) if value == int(value) else 0, f"{shown} times")


def _with_lift(one: CategoryLift, language: str) -> str:
    lift = render(one.lift, Unit.RATIO, language)
    return f"{spaced(one.category)}（{lift}）" if language == "zh" else f"{one.category} ({lift})"


def listed(names: Sequence[str], language: str) -> str:
    """Names in a row."""
    if language == "zh":
        return "、".join(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def headline(facts: Facts) -> Text:
    """The typical member in a few words, from tested differences alone."""
    words = script().headline
    if facts.is_everyone:
        return words["everyone"]
    if facts.profile.customers < SMALLEST_GROUP:
        return words["few"]
    adjectives = _adjectives(facts)
    names = [one.category for one in facts.favourites[:2]]
    if not adjectives:
        return _both(words["only_taste"], names) if names else words["alike"]
    taste = _both(words["taste"], names) if names else Text(zh="", en="")
    described = words["described"]
    english = described.en.format(adjectives=", ".join(one.en for one in adjectives), taste=taste.en)
    return Text(
        zh=described.zh.format(adjectives="、".join(one.zh for one in adjectives), taste=taste.zh),
        en=english[:1].upper() + english[1:],
    )


def _both(template: Text, names: Sequence[str]) -> Text:
    spaced_names = [spaced(name) for name in names]
    return Text(zh=tidy(template.zh.format(names=listed(spaced_names, "zh"))), en=template.en.format(names=listed(names, "en")))


def _adjectives(facts: Facts) -> list[Text]:
    """The adjectives of the strongest themes, in the order of the themes."""
    found = [(number, *one) for number, theme in enumerate(script().themes) for one in _strongest(theme, facts)]
    kept = sorted(found, key=lambda one: -one[1])[:_MOST_ADJECTIVES]
    return [word for _, _, word in sorted(kept, key=lambda one: one[0])]


def _strongest(theme: Theme, facts: Facts) -> list[tuple[float, Text]]:
    told = [(one.strength, _word(theme, facts, one.field)) for one in facts.profile.distinctions if one.value is None]
    return sorted([(strength, word) for strength, word in told if word is not None], key=lambda one: -one[0])[:1]


def _word(theme: Theme, facts: Facts, name: str) -> Text | None:
    direction = facts.direction(name)
    return theme.words.get(name, {}).get(direction) if direction else None


def talk(facts: Facts, entry: Strategy) -> tuple[list[Text], list[Text]]:
    """What to say to the members and what not, the playbook's words first, then what the data say."""
    say, avoid = [entry.offer], [entry.avoid]
    if facts.favourites:
        say.append(_both(script().favourites["say"], [one.category for one in facts.favourites]))
    for one in script().talk:
        line = _line(one, facts)
        say += [line.say] if line and line.say else []
        avoid += [line.avoid] if line and line.avoid else []
    say += _timing(facts)
    unwilling = next((one for one in facts.profile.demographics if (one.field, one.value) == ("marketing_consent", "false")), None)
    kept_say, kept_avoid = say[: _MOST_LINES + 1], avoid[:_MOST_LINES]
    if unwilling:
        words = script().consent["avoid"]
        shares = [render(unwilling.share, Unit.SHARE, language) for language in ("zh", "en")]
        kept_avoid.append(Text(zh=words.zh.format(share=shares[0]), en=words.en.format(share=shares[1])))
    return kept_say, kept_avoid


def _line(one: Talk, facts: Facts) -> Line | None:
    direction = facts.direction(one.field)
    return None if direction is None else one.higher if direction == "higher" else one.lower


def _timing(facts: Facts) -> list[Text]:
    part, day = (facts.numbers.get(f"{name}_share") for name in ("part", "weekday"))
    if part and (facts.direction(f"{facts.keys['part']}_share") == "higher" or _at_least(part, _CLEAR_PART)):
        name, words = script().parts[facts.keys["part"]], script().timing["part"]
        return [Text(zh=words.zh.format(part=name.zh), en=words.en.format(part=name.en))]
    if _at_least(day, _CLEAR_DAY):
        name, words = script().weekdays[int(facts.keys["weekday"])], script().timing["weekday"]
        return [Text(zh=words.zh.format(weekday=name.zh), en=words.en.format(weekday=name.en))]
    return []


def _at_least(fact: Fact | None, share: float) -> bool:
    return fact is not None and fact.value is not None and float(fact.value) >= share
