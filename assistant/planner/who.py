"""Whom a question is about: a segment, a rule, an earlier result, ordered and cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.disjoint import together
from assistant.planner.field_rules import field_of
from assistant.planner.first_bought import first_bought_in
from assistant.planner.lately import lately
from assistant.planner.lexicon import read_table
from assistant.planner.opposed import opposed
from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue

_DEFAULT_TOP = 20
_HOUSEHOLDS = ("household", "households", "family", "families", "家庭", "之家", "户")


@dataclass
class Who:
    """Customers, before they become arguments.

    Args:
        rule: A rule; None is everyone.
        handle: An earlier result that stands for them, when nothing was added to it.
        sort_by: Field to order by.
        descending: Largest first.
        limit: At most so many.
        named: Whether the question says whom it means at all.
    """

    rule: Rule | None = None
    handle: str | None = None
    sort_by: str | None = None
    descending: bool = True
    limit: int | None = None
    named: bool = False
    counted: bool = False
    """Whether the question says how many of the largest are meant."""

    @property
    def ordered(self) -> bool:
        """Whether they are ordered or cut."""
        return self.sort_by is not None or self.limit is not None

    def as_customers(self) -> Any:
        """As the argument ``customers``: a segment's id, a handle, a rule or a selection."""
        rule = self.rule or {"all": []}
        if self.ordered:
            return {"rule": rule, "sort_by": self.sort_by, "descending": self.descending, "limit": self.limit}
        if self.handle:
            return self.handle
        return rule["segment"] if set(rule) == {"segment"} else rule

    def as_find(self) -> dict[str, Any]:
        """As the arguments of find_customers."""
        args: dict[str, Any] = {"rule": self.rule or {"all": []}}
        if self.sort_by:
            args |= {"sort_by": self.sort_by, "descending": self.descending}
        return args | ({"limit": self.limit} if self.limit else {})


def take_who(sentence: Sentence, dialogue: Dialogue, *, loose: bool = True) -> Who:
    """The customers that the question names; their tokens are used.

    Args:
        sentence: The question.
        dialogue: What pronouns refer to.
        loose: Whether values and segments that stand alone count.
    """
    who = Who()
    take_order(sentence, who)
    earlier = take_pronoun(sentence, dialogue)
    joined = first_bought_in(sentence)
    who.rule = both(joined[0] if len(joined) == 1 else None, find_rules(sentence, loose=loose))
    who.rule = lately(who.rule, sentence.text)
    who.named = who.rule is not None or who.ordered
    if earlier is not None:
        _join_earlier(who, earlier)
    if sentence.take("cue", "everyone"):
        who.named = True
    return who


def take_pronoun(sentence: Sentence, dialogue: Dialogue) -> Result | None:
    """The earlier result that "them" or "这些客户" refers to."""
    last = dialogue.last_customers
    if last is None or not sentence.has("pronoun"):
        return None
    sentence.take_all("pronoun")
    return last


def selection_rule(result: Result) -> Rule | None:
    """The rule of a result's customers; those of a list that was cut are named one by one, or by its handle."""
    selection = result.selection or {}
    if not selection.get("limit"):
        return selection.get("rule")
    ids = [str(row[0]) for row in result.rows]
    if ids and len(ids) == result.content["tables"][0].get("row_count"):
        return {"field": "customer_id", "op": "in", "value": ids}
    return {"segment": result.handle} if result.handle else selection.get("rule")


def _join_earlier(who: Who, earlier: Result) -> None:
    selection = earlier.selection or {}
    who.named = True
    if who.rule is None and not who.ordered:
        if earlier.handle:
            who.handle = earlier.handle
            return
        who.rule, who.sort_by, who.limit = selection.get("rule"), selection.get("sort_by"), selection.get("limit")
        who.descending = bool(selection.get("descending", True))
        return
    known = selection_rule(earlier)
    who.rule = opposed(known, who.rule) or both(known, of_those_campaigns(known, who.rule))
    if who.sort_by is None and selection.get("sort_by"):
        who.sort_by, who.descending = selection["sort_by"], bool(selection.get("descending", True))


def both(first: Rule | None, second: Rule | None) -> Rule | None:
    """The rule that both hold."""
    parts = [part for rule in (first, second) if rule for part in _all_of(rule)]
    parts = together([part for place, part in enumerate(parts) if part not in parts[:place]])
    return None if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def of_those_campaigns(known: Rule | None, added: Rule | None) -> Rule | None:
    """“没用过券的” of those whom campaigns reached: the coupons of these campaigns, where no other is named."""
    reached = [part for part in _all_of(known) if part.get("behaviour") == "contacts" and part.get("where")]
    named = [str(value) for part in reached for value in part["where"].get("campaign", ())]
    if not named or added is None:
        return added
    where = {"where": {"campaign": list(dict.fromkeys(named))}}
    bare = [part.get("behaviour") == "responses" and not part.get("where") for part in _all_of(added)]
    return both(None, {"all": [part | where if one else part for part, one in zip(_all_of(added), bare, strict=True)]})


def _all_of(rule: Rule | None) -> list[Rule]:
    return [] if rule is None else list(rule["all"]) if set(rule) == {"all"} else [rule]


def take_order(sentence: Sentence, who: Who) -> None:
    """“top 20 by spend”, “消费最高的10个”: order and cut."""
    whales = sentence.take("top_customers")
    rankings = sorted(sentence.free("ranking"), key=lambda found: not found[1].data["n"])
    ranking = rankings[0] if rankings else None
    if whales:
        usual = str(whales.data["sort"])
        who.sort_by, who.limit = _whales_by(sentence, usual) or usual, _DEFAULT_TOP
        _counted_whales(sentence, who)
    if ranking:
        _ranked(sentence, who, *ranking)
        if who.sort_by:
            sentence.use(*(place for place, one in rankings if one.id == ranking[1].id))
    _plain_limit(sentence, who)


def _whales_by(sentence: Sentence, usual: str) -> str | None:
    """“Top customers by orders”: the field right after, instead of what the words mean alone."""
    named = next(at for at, token in enumerate(sentence.tokens) if token.is_("top_customers"))
    following = sentence.tokens[named + 1 : named + 3]
    if len(following) > 1 and following[0].is_("by"):
        field_id = field_of(following[1])
        if field_id and field_id != usual and catalogue().field(field_id).kind in ("number", "date"):
            sentence.use(named + 1, named + 2)
            return field_id
    return None


def _counted_whales(sentence: Sentence, who: Who) -> None:
    """“The ten biggest spenders”: a number right before them."""
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] == "" and any(token.is_("top_customers") for token in sentence.tokens[place + 1 : place + 2]):
            who.limit, who.counted = int(quantity.data["value"]), True
            sentence.use(place)


def _ranked(sentence: Sentence, who: Who, place: int, ranking: Any) -> None:
    if ranking.data.get("share"):
        return
    changed = _changed_most(sentence, place)
    if changed is not None:
        sentence.use(place)
        who.sort_by, rises = changed
        who.descending = rises == (ranking.id == "largest")
        who.limit = ranking.data["n"] or who.limit or _DEFAULT_TOP
        return
    worth = sentence.tokens[place].is_("part", "worth")
    sort_place, field_id = (None, "amount") if worth else sort_field(sentence, place)
    if field_id is None and who.sort_by is None:
        field_id = _unsaid(sentence) if sentence.tokens[place].get("ranking", "largest") and ranking.data["n"] else None
        if field_id is None:
            return
    sentence.use(place, *([sort_place] if sort_place is not None else []))
    who.sort_by = field_id or who.sort_by
    who.descending = ranking.id == "largest"
    who.limit = ranking.data["n"] or who.limit
    if who.limit is None and not sentence.has("quantity") and sentence.tokens[place].text not in read_table("places")["whole_order"]:
        who.limit = _DEFAULT_TOP


def _unsaid(sentence: Sentence) -> str:
    """What “the top 20” are by where no field is named: the risk of those at risk, else what they spent."""
    risky = sentence.says("band", "high") or sentence.says("cue", "churn")
    return "churn_probability" if risky else "amount"


def _changed_most(sentence: Sentence, place: int) -> tuple[str, bool] | None:
    """“消费下降最多”, “whose spend fell the most”: the change that a condition right before is about, and whether it is a rise.

    The condition holds beside the order, so that its token stays to be read.
    """
    for at in range(place - 1, max(place - 4, -1), -1):
        condition = sentence.tokens[at].get("condition")
        if condition is None and not sentence.tokens[at].is_("stop"):
            return None
        rule = condition.data["rule"] if condition is not None and at not in sentence.used else {}
        if rule.get("op") in ("<", ">") and rule.get("value") == 0 and "field" in rule:
            return str(rule["field"]), rule["op"] == ">"
    return None


def sort_field(sentence: Sentence, place: int) -> tuple[int | None, str | None]:
    """The field that a ranking is by: the nearest word before or after it that may be one."""
    others = [at for at in range(len(sentence.tokens)) if at != place and at not in sentence.used]
    order = sorted(others, key=lambda at: (abs(at - place), at))
    for at in order:
        token = sentence.tokens[at]
        if token.is_("noun") or (token.is_("dimension") and not (token.is_("metric") or token.is_("field"))):
            continue
        if abs(at - place) > 1 and at + 1 < len(sentence.tokens) and sentence.tokens[at + 1].is_("comparison"):
            continue  # “客单价不到15的客户，前30个”: it is compared
        field_id = field_of(token) or _field_of_verb(sentence, at)
        if field_id and catalogue().field(field_id).kind in ("number", "date"):
            return at, field_id
    return None, None


def _field_of_verb(sentence: Sentence, place: int) -> str | None:
    token = sentence.tokens[place]
    verb = token.get("verb")
    if token.is_("cue", "churn"):
        return "churn_probability"
    return str(verb.data["behaviour"]) if verb and verb.data["behaviour"] in ("orders", "amount", "responses") else None


def _plain_limit(sentence: Sentence, who: Who) -> None:
    """“列出20个客户”, “20 customers”: a number of people is a cut."""
    for place, quantity in sentence.free("quantity"):
        following = sentence.tokens[place + 1 : place + 2]
        if any(token.text in _HOUSEHOLDS for token in following):
            continue  # “5 person household” is of that size
        counted = quantity.data["unit"] == "person" or _counts_described(sentence, place)
        if counted and quantity.data["value"] >= 1 and who.limit in (None, _DEFAULT_TOP):
            who.limit = int(quantity.data["value"])
            sentence.use(place)
            return


def _counts_described(sentence: Sentence, place: int) -> bool:
    """“给我100个买过MEAT的客户”: so many of those who are described after the number."""
    token, before = sentence.tokens[place], sentence.tokens[place - 1] if place else None
    if not token.text.endswith(("个", "名", "位")) or (before is not None and not (before.is_("cue", "list") or before.is_("stop"))):
        return False
    if before is not None and (before.text in ("有", "在", "是") or before.is_("verb")):
        return False
    described = (at for at in range(place + 2, len(sentence.tokens)) if sentence.tokens[at].is_("noun"))
    return any(sentence.tokens[at - 1].text == "的" for at in described)
