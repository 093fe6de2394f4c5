"""The ways of reading a sentence, and the one that uses the most of it."""

from __future__ import annotations

from collections.abc import Callable

from assistant.planner import moves
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents import (
    against,
    among,
    asks,
    averages,
    bare_change,
    best_customers,
    best_under,
    changed_customers,
    churn,
    cohorts,
    comparing,
    contrasts,
    courses,
    customers,
    data,
    exports,
    findings,
    group_changes,
    group_overviews,
    lateness,
    measures,
    one_customer,
    pictures,
    rankings,
    reasons,
    refusals,
    saving,
    tables,
    tiers,
    with_whales,
)
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence

Intent = Callable[[Sentence, Dialogue], Plan | None]

INTENTS: tuple[Intent, ...] = (
    moves.move,
    moves.whom,
    group_changes.ask_since,
    group_changes.group_changes,
    bare_change.bare_change,
    saving.save,
    contrasts.contrast,
    against.against_named,
    courses.course,
    pictures.drawn,
    averages.average,
    *asks.ASKS,
    asks.in_range(findings.behaviour),
    asks.in_range(tiers.overview),
    data.outside,
    data.absent,
    data.vague,
    data.backwards,
    data.greet,
    data.help_,
    one_customer.look_up,
    data.vague_time,
    data.explain,
    data.describe,
    refusals.by_order_amount,
    refusals.of_discounted_orders,
    refusals.average_of_bands,
    cohorts.cohorts,
    changed_customers.changed_most,
    among.share_among,
    with_whales.groups_and_whales,
    best_customers.best_measured,
    rankings.number_of,
    rankings.cut_by_share,
    tables.export_shown,
    exports.export,
    customers.strategy,
    comparing.compare,
    lateness.late_by,
    asks.in_range(churn.churn),
    group_overviews.numbered_group,
    group_overviews.overview,
    best_under.best_under,
    rankings.ranked_customers,
    reasons.why_moved,
    measures.measure,
    contrasts.which_of_two,
    customers.summarize,
    customers.find,
    rankings.listing,
    refusals.bare_amount,
)
"""Readings to try, in this order; the first that uses every word of the question is taken."""


def best_plan(sentence: Sentence, dialogue: Dialogue) -> tuple[Plan | None, Sentence]:
    """The first plan that uses every word, else the one that leaves the fewest; with its account."""
    dialogue = dialogue.focused(sentence.refers)
    best: tuple[int, Plan | None, Sentence] = (10**6, None, sentence)
    for intent in INTENTS:
        account = sentence.again()
        found = intent(account, dialogue)
        if found is None:
            continue
        left = sum(token.end - token.start for token in account.leftover())
        if left == 0:
            return found, account
        if left < best[0]:
            best = (left, found, account)
    return best[1], best[2]
