"""What is known of a model, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.contracts import Text
from tools.rendering import render
from tools.segments.quality.facts import ModelFacts
from tools.segments.quality.measures import book, claims


def shown(measure: str, value: float, language: str, currency: str) -> str:
    """A value of a measure as text; scores with three decimals, as they are compared in the third."""
    unit = book().measures[measure].unit
    return f"{value:.3f}" if unit.value == "score" else render(value, unit, language, currency)


def both(measure: str, value: float, currency: str) -> Text:
    """The same in both languages."""
    return Text(zh=shown(measure, value, "zh", currency), en=shown(measure, value, "en", currency))


def judged_on(facts: ModelFacts) -> Text:
    """On which cases it was judged."""
    cases, day, days = facts.cases, facts.tested_from, facts.horizon
    campaigns = facts.run.quality.get("test_campaigns")
    if campaigns:
        listed = [str(name) for name in campaigns]
        later = facts.run.quality.get("judged_on") != "held-out customers"
        kind_zh, kind_en = ("更晚的活动", "later campaigns") if later else ("留出客户的活动", "held-out customers of")
        zh, en = f"{kind_zh}（{'、'.join(listed)}）", f"{kind_en} ({', '.join(listed)})"
    elif day is not None:
        zh, en = f"{day} 之后{f' {days} 天' if days else '的时期'}", f"the {f'{days} days' if days else 'period'} after {day}"
    else:
        zh, en = f"截至 {facts.run.as_of} 的客户", f"the customers as of {facts.run.as_of}"
    return Text(zh=zh + (f"，{cases:,} 位客户" if cases else ""), en=en + (f", {cases:,} customers" if cases else ""))


def claim_words(facts: ModelFacts, currency: str) -> Text:
    """What it claims, beside the best of the simpler ways."""
    if facts.is_fallback or facts.main is None:
        why = facts.why or Text(zh="数据不足。", en="There are too few data.")
        return Text(zh=f"目前没有可用的模型，用规则代替。{why.zh}", en=f"There is no model at present; a rule stands in. {why.en}")
    name, value = book().measures[facts.main].name, both(facts.main, facts.claims[facts.main], currency)
    on, peer = judged_on(facts), facts.peer
    beside = Text(zh="", en="")
    if peer is not None:
        other = both(facts.main, peer[1], currency)
        beside = Text(zh=f"，同样客户上{peer[0].zh}为 {other.zh}", en=f"; {peer[0].en} reaches {other.en} on the same")
    return Text(zh=f"{name.zh}为 {value.zh}（{on.zh}）{beside.zh}。", en=f"The {name.en} is {value.en} ({on.en}){beside.en}.")


def decision_words(facts: ModelFacts, currency: str) -> Text:
    """What it replaced, or why the one before stayed, with both results."""
    decision = facts.decision
    if facts.is_fallback:
        return Text(zh="", en="")
    if not decision or decision.get("new") is None or decision.get("old") is None:
        return Text(zh="没有与之比较的上一个模型。", en="No earlier model was compared with it.")
    measure = book().measure_id(str(decision["measure"]))
    name = book().measures[measure].name if measure else Text(zh=str(decision["measure"]), en=str(decision["measure"]))
    new, old = (
        both(measure, float(decision[key]), currency) if measure else Text(zh=f"{decision[key]}", en=f"{decision[key]}")
        for key in ("new", "old")
    )
    if new == old:
        return _same_words(name, new, decision)
    if decision.get("kept") == "old":
        return Text(
            zh=f"最近一次刷新保留了原模型：新模型的{name.zh}为 {new.zh}，不如原模型的 {old.zh}。",
            en=f"The last refresh kept the model before: the new one's {name.en} was {new.en} against {old.en}.",
        )
    return Text(
        zh=f"最近一次刷新换用了新模型：{name.zh}为 {new.zh}，原模型为 {old.zh}。",
        en=f"The last refresh put the new model in use: its {name.en} is {new.en} against {old.en} of the one before.",
    )


def _same_words(name: Text, value: Text, decision: Mapping[str, Any]) -> Text:
    """Both came out the same, as far as it is shown."""
    stays = decision.get("kept") == "old"
    in_use = Text(zh="原模型继续使用", en="the model before stays") if stays else Text(zh="现用新模型", en="the new one is in use")
    if decision.get("same_data"):
        return Text(
            zh=f"最近一次刷新时数据没有变化，重新训练的结果相同（{name.zh} {value.zh}），{in_use.zh}。",
            en=f"The data had not changed at the last refresh, so training anew came out the same ({name.en} {value.en}); {in_use.en}.",
        )
    return Text(
        zh=f"最近一次刷新时新模型与原模型不相上下：{name.zh}都是 {value.zh}，{in_use.zh}。",
        en=f"At the last refresh the new model came out the same as the one before: the {name.en} of both is {value.en}; {in_use.en}.",
    )


def held_words(facts: ModelFacts, currency: str) -> Text:
    """How the latest promise that can be judged has held."""
    found = facts.latest_held
    if found is None:
        if facts.horizon is None or facts.is_fallback:
            return Text(zh="", en="")
        return Text(
            zh="预测期尚未过去，还不能判断此后表现。",
            en="No promise's period has passed yet, so it cannot be told how it has held.",
        )
    held, run = found
    promised, kept = claims(run.quality), claims(held.quality)
    measure = facts.main if facts.main in kept and facts.main in promised else next((one for one in kept if one in promised), None)
    if measure is None:
        return Text(zh="", en="")
    name, said, is_now = book().measures[measure].name, both(measure, promised[measure], currency), both(measure, kept[measure], currency)
    fell = measure in facts.fallen
    return Text(
        zh=f"此后表现：{held.as_of} 所作的预测，实际{name.zh}为 {is_now.zh}，当时声称 {said.zh}{'，明显变差' if fell else ''}。",
        en=f"Since then: of what it predicted on {held.as_of}, the {name.en} turned out {is_now.en}; it had claimed {said.en}"
        f"{', which is markedly worse' if fell else ''}.",
    )


def sentence(facts: ModelFacts, currency: str) -> Text:
    """Everything in one paragraph."""
    parts = [words(facts, currency) for words in (claim_words, decision_words, held_words)]
    name = facts.name
    return Text(zh=f"{name.zh}：{''.join(part.zh for part in parts)}", en=f"{name.en}: {' '.join(part.en for part in parts if part.en)}")
