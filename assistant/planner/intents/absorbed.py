"""Words of a question for numbers that say again what its metrics say: "how many", "did they place", "spend"."""

from __future__ import annotations

from assistant.planner.sentence import Sentence

OF_CAMPAIGNS = ("response_rate", "responses", "responders", "contacted_customers", "campaign_revenue")
_EMPTY = ("money", "the money", "how does", "how do", "how did")
"""Words of other questions that say nothing beside a metric."""
_BOUGHT = ("orders", "amount", "quantity")
"""What customers do that a metric of sales says too."""
_SENT = ("contacts", "responses")


def kinds_ranked(sentence: Sentence) -> bool:
    """Whether kinds of campaigns are named side by side, so that these are ranked: “A、B、C三种哪种响应率最高”."""
    return len([sense for _, sense in sentence.free("value") if sense.data["dimension"] == "campaign_kind"]) > 1


def absorb_counts(sentence: Sentence) -> None:
    """“How many” that goes with a metric that was taken: right before or after it; of anything else it is another question."""
    for place, _ in list(sentence.free("cue", "count")):
        near = [sentence.after(place, "metric", "dimension", "verb", within=1), sentence.before(place, "metric", within=1)]
        near += [place - 1] if place and sentence.tokens[place - 1].is_("verb", "spend") else []
        near += [place - 1] if place and _counts_groups(sentence, place) else []
        before = [token for token in sentence.tokens[max(0, place - 3) : place] if not token.is_("stop") or token.is_("cue")][-1:]
        changed = any(token.is_("cue", "growth", "yoy") for token in before)
        if changed or any(at is not None and (at in sentence.used or sentence.tokens[at].is_("verb")) for at in near):
            sentence.use(place)


def _counts_groups(sentence: Sentence, place: int) -> bool:
    """“销售额低于1万的门店有几家”: how many of the groups right before, and no people."""
    before = sentence.tokens[place - 1]
    return before.is_("dimension") and not before.is_("noun") and sentence.tokens[place].text.startswith(("有多少", "有几", "多少", "几"))


def absorb_predicates(sentence: Sentence) -> None:
    """Verbs that only say what the metric says: "how many orders did they place"."""
    if not sentence.has("neg"):
        campaigns = sentence.says("metric", *OF_CAMPAIGNS)
        bought = _BOUGHT if not campaigns else ("orders",)
        told = [place for place, verb in sentence.free("verb") if verb.data.get("behaviour") in (*bought, *(_SENT if campaigns else ()))]
        sentence.use(*told)
    sentence.use(*(place for place, token in enumerate(sentence.tokens) if token.text in _EMPTY))
    sentence.take_all("cue", "average")
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("day", "week", "month") and sentence.says("cue", "previous", "growth"):
            sentence.use(place)


def absorb_fields(sentence: Sentence, metrics: list[str]) -> None:
    """Words of a customer's field that say no more than the metric that was taken."""
    if any(one.endswith(("revenue", "value", "per_customer")) for one in metrics):
        sentence.take_all("field", "amount")
    if any("order" in one for one in metrics):
        sentence.take_all("field", "orders")
