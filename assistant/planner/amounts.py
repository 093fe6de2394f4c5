"""Joins tokens into larger ones: numbers with units, comparisons, rankings, values named by their dimension.

Each step takes the tokens of a question and gives back fewer; STEPS is their order.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.planner import scores
from assistant.planner.apposition import apposed
from assistant.planner.bands import bands_from, extreme_bands
from assistant.planner.came import came, of_a_time
from assistant.planner.caps import capped, wanted
from assistant.planner.comparisons import comparisons, counted_dimensions, operators_last, parted_bounds, quantities
from assistant.planner.counted_names import counted_names, lettered_values
from assistant.planner.directions import rankings
from assistant.planner.family_sizes import sized
from assistant.planner.frames import framed
from assistant.planner.monthly_spend import monthly
from assistant.planner.named_amounts import asked_amounts, banded, of_one_order
from assistant.planner.named_twice import named_twice
from assistant.planner.named_values import described_values, listed_values, named_values
from assistant.planner.partial_names import partly_named
from assistant.planner.qualifiers import only_done
from assistant.planner.ranked import from_best_to_worst, ordinal_ranks, ranked_periods
from assistant.planner.restated import dated_lengths, denied_in_time, restated_times, with_lengths
from assistant.planner.spoken_verbs import described_people, done_again, not_even_one, split_verbs
from assistant.planner.time_shifts import shifted_times
from assistant.planner.tokens import Token
from assistant.planner.turning_points import turning
from assistant.planner.two_times import compared_times
from assistant.planner.visited import placed_values
from assistant.planner.vocabulary import Vocabulary

Step = Callable[[list[Token], Vocabulary], list[Token]]
STEPS: tuple[Step, ...] = (
    shifted_times,
    restated_times,
    denied_in_time,
    counted_names,
    named_twice,
    named_values,
    partly_named,
    placed_values,
    listed_values,
    lettered_values,
    described_values,
    extreme_bands,
    bands_from,
    quantities,
    dated_lengths,
    with_lengths,
    restated_times,
    not_even_one,
    came,
    of_a_time,
    turning,
    split_verbs,
    done_again,
    described_people,
    scores.counted,
    scores.letters,
    only_done,
    parted_bounds,
    operators_last,
    comparisons,
    sized,
    monthly,
    scores.points,
    scores.scored,
    compared_times,
    of_one_order,
    banded,
    asked_amounts,
    counted_dimensions,
    ranked_periods,
    rankings,
    from_best_to_worst,
    ordinal_ranks,
    wanted,
    apposed,
    framed,
    capped,
)


def reduce(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens after all steps."""
    for step in STEPS:
        tokens = step(tokens, vocabulary)
    return tokens
