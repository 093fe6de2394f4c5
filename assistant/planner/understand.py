"""The pipeline from a question to a plan."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner import moves
from assistant.planner.accounted import unsaid
from assistant.planner.advice_sought import with_advice
from assistant.planner.asked import Asked
from assistant.planner.asked_of_group import with_asked_of_group
from assistant.planner.baskets import with_basket
from assistant.planner.beside import with_beside
from assistant.planner.best_then import bought_by_best
from assistant.planner.both_ends import with_both_ends
from assistant.planner.both_named import with_both_named
from assistant.planner.coverage import ask_about, ask_value, ask_without, with_only_name, without
from assistant.planner.defined import with_definition
from assistant.planner.dialogue import Dialogue, as_people
from assistant.planner.each_counted import with_each_counted
from assistant.planner.each_group import with_each_group, with_those
from assistant.planner.ellipsis import about_some, depends, is_bare, is_elliptic
from assistant.planner.followups import follow_up
from assistant.planner.foresight import after
from assistant.planner.glosses import with_gloss
from assistant.planner.going_back import gone_back
from assistant.planner.intents import asks
from assistant.planner.intents.group_changes import group_changes, of_those_then
from assistant.planner.intents.grown_groups import only_grown
from assistant.planner.intents.in_their_time import in_their_time
from assistant.planner.intents.spent_on import by_spend_on, counted_in_time
from assistant.planner.joined_conditions import with_all_conditions, with_joined_conditions
from assistant.planner.level_meant import with_level
from assistant.planner.lexicon import read_table
from assistant.planner.listed import awaits_groups, with_clusters_found
from assistant.planner.lists_again import with_list_again
from assistant.planner.manners import without_manners
from assistant.planner.measured_group import with_measured_group
from assistant.planner.moved_times import in_moved_time
from assistant.planner.of_one_customer import with_one_customer
from assistant.planner.offers import with_offers
from assistant.planner.one_of_two import with_one_of_two
from assistant.planner.other_group import with_other_group
from assistant.planner.part_of_base import with_part_of_base
from assistant.planner.part_of_group import with_part_of_group
from assistant.planner.part_of_sales import with_part_of_sales
from assistant.planner.passing import spare_words
from assistant.planner.people_beside import with_people
from assistant.planner.pieces import asks_of_more, asks_which_twice, in_time_of, narrows, of_those, repeats, says_more, splits
from assistant.planner.plan import Call, Plan, of_everybody
from assistant.planner.ranked_of_group import with_ranked_of_group
from assistant.planner.reading import read_sentence
from assistant.planner.replies import with_reply
from assistant.planner.reranked import reranked
from assistant.planner.rereading import Shorter, plainly, shorter
from assistant.planner.said_of_shown import as_said_of_shown
from assistant.planner.same_goods import of_same_goods
from assistant.planner.scopes import with_other_scope
from assistant.planner.sentence import Sentence
from assistant.planner.set_changes import of_two_sets
from assistant.planner.several_meant import with_list_before
from assistant.planner.shapes import shape
from assistant.planner.share_base import with_base_changed
from assistant.planner.share_in_each import with_share_in_each
from assistant.planner.share_of_those import with_share_of_those
from assistant.planner.split_shares import with_split_share
from assistant.planner.supply import with_supply
from assistant.planner.taken_back import taken_back
from assistant.planner.taken_off import off_and_on
from assistant.planner.texts import text
from assistant.planner.the_two import of_the_two
from assistant.planner.those_and_others import held_against
from assistant.planner.time_before import with_time_before
from assistant.planner.top_against_rest import against_rest
from assistant.planner.traced import untraced
from assistant.planner.two_groups import with_two_groups
from assistant.planner.unanswered import gone_on
from assistant.planner.unclear import at_first, at_last
from assistant.planner.usual_times import with_usual_time
from assistant.planner.vocabulary import Vocabulary
from assistant.planner.ways import best_plan
from assistant.planner.whole_periods import with_whole_periods
from assistant.planner.winners import of_first, of_winner
from assistant.planner.within_top import among_best

_ENDS = (("punctuation", ".", ";", "?", "!"),)
"""Where a question surely ends."""
_JOINTS = (
    ("conj", "then"),
    ("punctuation", ",", ".", ";", "?", "!"),
    ("conj", "and", "then", "but"),
)
"""Where one question may end and the next begin, the clearest first."""
_JOINED = (("conj", "and", "then", "but"),)
_COMMAS = (("punctuation", ","),)
_EARLY = (
    as_said_of_shown,
    with_definition,
    with_supply,
    with_asked_of_group,
    with_joined_conditions,
    with_share_in_each,
    with_part_of_base,
    with_part_of_group,
    with_part_of_sales,
    with_beside,
    with_list_again,
    with_ranked_of_group,
    with_usual_time,
    with_whole_periods,
    with_each_counted,
    with_two_groups,
    with_measured_group,
    with_one_of_two,
    with_both_ends,
    with_gloss,
    taken_back,
    with_split_share,
    with_both_named,
    of_the_two,
    in_moved_time,
    reranked,
    with_basket,
    gone_back,
    with_other_group,
    with_one_customer,
)
"""What reads a question before its words: each takes its own part out of it and has the rest read."""


def understand(question: str, vocabulary: Vocabulary, dialogue: Dialogue | None = None) -> Plan:
    """The plan of one question in its conversation."""
    asked = without_manners(question)
    known = with_list_before(asked, dialogue or Dialogue())
    unclear = at_first(asked, vocabulary, known)
    found = unclear or at_last(gone_on(asked, vocabulary, known, _planned), asked, known)
    return with_level(found, asked, vocabulary)


def _planned(question: str, vocabulary: Vocabulary, dialogue: Dialogue) -> Plan:
    known = Asked(question, vocabulary, dialogue, _planned)
    early = next((found for early in _EARLY if (found := early(known)) is not None), None)
    if early is not None:
        return early
    less = plainly(question, lambda words: read_sentence(words, vocabulary, dialogue, question))
    if less is not None:
        part = read_sentence(less.text, vocabulary, dialogue, question)
        found = _understood(less.text, part, dialogue)
        if _does(found) and not unsaid(found, part) and not untraced(found, part):
            found = with_advice(with_all_conditions(found, known), known)
            return replace(found, notes=(*found.notes, *(("background", one) for one in less.aside)))
    sentence = read_sentence(question, vocabulary, dialogue)
    found = _understood(question, sentence, dialogue)
    missed = unsaid(found, sentence) or untraced(found, sentence)
    found = ask_without(sentence, missed, lambda other: _works(other, vocabulary, dialogue)) if missed else found
    return with_advice(with_all_conditions(found, known), known)


def _understood(question: str, sentence: Sentence, dialogue: Dialogue) -> Plan:
    found = _first_plan(question, sentence, dialogue)
    if found is not None and (_does(found) or found.say is not None):
        return _noted(found, sentence)
    named = _with_name(sentence, dialogue)
    if named is not None:
        return named
    again = _with_less(question, sentence, dialogue)
    if again is not None or found is not None:
        return again or _noted(found or Plan(), sentence)
    best, account = best_plan(sentence, dialogue)
    named = ask_value(account, lambda other: _works(other, sentence.vocabulary, dialogue))
    if named is not None:
        return _noted(named, sentence)
    asked = ask_about(account, best, _rest(account, best, dialogue))
    return _noted(with_offers(asked, account, lambda other: _works(other, sentence.vocabulary, dialogue)), sentence)


def _with_name(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The plan of the question with a name in the data where only a part of it is said."""
    _, account = best_plan(sentence, dialogue)
    named = with_only_name(account)
    if named is None:
        return None
    found = _understood(named[0], read_sentence(named[0], sentence.vocabulary, dialogue, sentence.typed), dialogue)
    return replace(found, notes=(*found.notes, ("mended", f"{named[1]} → {named[2]}"))) if _does(found) else None


def _first_plan(question: str, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The first way of reading that uses every word."""

    def answered() -> Plan | None:
        """The question asked back about, with this reply."""
        return _answered(question, sentence.vocabulary, dialogue)

    def whole() -> Plan | None:
        """The question in its own right."""
        ended = _in_parts(sentence, dialogue, _ENDS)
        if ended is None and asks_which_twice(sentence):
            ended = _in_parts(sentence, dialogue, _JOINTS)
        return ended or (_in_parts(sentence, dialogue, _COMMAS) if asks_of_more(sentence) else None) or _whole(sentence, dialogue)

    reply = dialogue.asked is not None and not any(sentence.says(kind) for kind in ("cue", "verb", "metric", "scheme", "greet"))
    found = answered() or _still_asked(sentence, dialogue) or whole() if reply else whole() or answered()
    asks = found is not None and any(call.name == "ask_user" for call in found.calls)
    if found is not None and not asks:
        return found
    return _in_parts(sentence, dialogue, _JOINTS) or found


def _with_less(question: str, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The plan of the question without what is around it, and without words that cannot limit it; both are named."""

    def read(words: str, passed: frozenset[str] = frozenset()) -> Sentence:
        """These words as a sentence of the question."""
        return read_sentence(words, sentence.vocabulary, replace(dialogue, passed=passed), question)

    def understood(words: str, passed: frozenset[str] = frozenset()) -> Plan | None:
        """The plan of these words, where it looks at data."""
        part = read(words, passed)
        found = _first_plan(words, part, replace(dialogue, passed=passed))
        return _noted(found, part) if found is not None and _does(found) else None

    lesser = [Shorter(sentence.text), *shorter(question, read, understood)]
    for spared in (False, True):
        for less in lesser if spared else lesser[1:]:
            spare = _spare(read(less.text), question, dialogue) if spared else []
            found = understood(less.text, frozenset(spare)) if spare or not spared else None
            if found is not None:
                joint = text("and_word", sentence.language)
                notes = [("unused", joint.join(spare))] if spare else []
                return replace(found, notes=(*found.notes, *notes, *(("background", one) for one in less.aside)))
    return None


def _spare(sentence: Sentence, question: str, dialogue: Dialogue) -> list[str]:
    """The unplaced words that may be left aside; none where one of them may be the name of something."""
    _, account = best_plan(sentence, dialogue)
    if not any(not token.is_("stop") and not token.unknown and not token.is_("punctuation") for token in sentence.tokens):
        return []  # nothing is asked but by words that mostly say nothing
    if ask_value(account, lambda other: _works(other, sentence.vocabulary, dialogue)) is not None:
        return []
    return spare_words(account, question)


def _whole(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The plan of the question as it stands, all its words used; an elliptic one changes the call before it."""
    found = in_their_time(by_spend_on(counted_in_time(_read(sentence, dialogue), sentence), sentence))
    found = of_same_goods(only_grown(of_those_then(found, sentence), sentence), sentence, dialogue)
    found = with_base_changed(with_share_of_those(with_people(found, sentence), sentence, dialogue), dialogue)
    return with_clusters_found(with_those(with_each_group(found, sentence), sentence), sentence)


def _read(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    dialogue = dialogue.focused(sentence.refers)
    if shape("people", "they").search(sentence.text):
        dialogue = as_people(dialogue)
    account = sentence.again()
    changed = group_changes(account, dialogue)
    if changed is not None and not account.leftover():
        return changed
    rest = against_rest(sentence, dialogue, lambda words: _part(words, sentence, dialogue))
    if rest is not None:
        return rest
    apart = held_against(sentence, dialogue, lambda words: _part(words, sentence, dialogue))
    if apart is not None:
        return apart
    best = among_best(sentence, dialogue, lambda words: _part(words, sentence, dialogue))
    if best is not None:
        return best
    bought = bought_by_best(
        sentence, dialogue, lambda words: _part(words, sentence, dialogue), lambda words, later: _later(words, sentence, later)
    )
    if bought is not None:
        return bought
    unnamed = moves.whom(sentence, dialogue)
    if unnamed is not None:
        return unnamed
    together = of_two_sets(sentence.again(), dialogue)
    if together is not None:
        return together
    swapped = off_and_on(sentence.again(), dialogue, lambda words, later: _later(words, sentence, later), after)
    if swapped is not None:
        return swapped
    account = sentence.again()
    moved = moves.move(account, dialogue)
    if moved is not None and not account.leftover():
        return moved
    elliptic = is_elliptic(sentence, dialogue)
    if elliptic:
        found = _changed(sentence, dialogue)
        if found is not None:
            return found
        if depends(sentence, dialogue):
            return None
    best, account = best_plan(sentence, dialogue)
    if best is not None and not account.leftover() and not (elliptic and is_bare(best) and _limits(dialogue)):
        return with_time_before(with_other_scope(best, account), account, dialogue)
    return None if elliptic else _changed(sentence, dialogue)


def _limits(dialogue: Dialogue) -> bool:
    """Whether the latest answer is of something that a follow-up keeps: a measurement, or some of the customers."""
    return dialogue.last is not None and (dialogue.last.call.name == "measure" or about_some(dialogue))


def _later(words: str, sentence: Sentence, later: Dialogue) -> Plan | None:
    """The plan of a part of a question, read in the conversation as it is then."""
    return _whole(read_sentence(words, sentence.vocabulary, later), later)


def _part(words: str, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The plan of a part of a question, where it uses every word."""
    found, account = best_plan(read_sentence(words, sentence.vocabulary, dialogue, sentence.typed), dialogue)
    return found if found is not None and not account.leftover() else None


def _changed(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    account = sentence.again()
    found = asks.in_range(follow_up)(account, dialogue)
    return found if found is not None and not account.leftover() else None


def _answered(reply: str, vocabulary: Vocabulary, dialogue: Dialogue) -> Plan | None:
    """The question that the planner asked back about, together with the operator's reply."""
    if not dialogue.asked:
        return None
    for together in with_reply(dialogue.asked, read_sentence(reply, vocabulary, dialogue)):
        found = _whole(read_sentence(together, vocabulary, dialogue), replace(dialogue, asked=None))
        if found is not None and not (found.calls and found.calls[0].name == "ask_user"):
            return found
    return None


def _still_asked(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“More than twice” while a name is still asked about: the same is asked of the question with that said, too."""
    light = ("comparison", "window", "stop", "punctuation")
    narrowed = sentence.says("comparison") and all(any(token.is_(kind) for kind in light) for token in sentence.tokens)
    if not dialogue.asked or not narrowed:
        return None
    together, alone = f"{dialogue.asked} {sentence.typed}", replace(dialogue, asked=None)
    found = _understood(together, read_sentence(together, sentence.vocabulary, alone), alone)
    return found if found.calls and found.calls[0].name == "ask_user" else None


def _in_parts(sentence: Sentence, dialogue: Dialogue, joints: tuple[tuple[str, ...], ...]) -> Plan | None:
    """Several questions in one, each understood after the one before."""
    for pieces in splits(sentence, joints):
        calls: list[Call] = []
        later = dialogue
        for piece in pieces:
            part = read_sentence(piece, sentence.vocabulary, later, sentence.typed)
            which = reranked(Asked(piece, sentence.vocabulary, later, _planned)) if asks_which_twice(sentence) else None
            found = which or _whole(part, later)
            found = found or of_first(piece, calls, lambda words: _later(words, sentence, replace(dialogue, results=())))
            if found is None and joints is _ENDS and not calls:
                found = _in_parts(part, later, _JOINED)  # “how many did A and how many did B? What of both?”
            if found is None or not found.calls or found.calls[0].name == "ask_user":
                break
            if not calls and found.calls[0].name == "decline" and asks_of_more(sentence):
                return found  # “UV多少，转化率呢”: the later part is about what the data lack, too
            if awaits_groups(calls, found):
                return Plan(tuple(calls), (("later", piece),))
            joined = of_winner(calls, found) if which is None else None
            if joined is not None:
                calls[-1] = joined
                continue
            found = in_time_of(calls, found, piece)
            again = bool(calls) and len(found.calls) == 1 and is_elliptic(part, later) and says_more(found.calls[0], calls[-1], piece)
            again = again and not part.says("pair") and which is None
            if again or narrows(calls, found):
                calls.pop()
            found = of_those(calls, found, piece)
            calls += [call for call in found.calls if call not in calls and not repeats(calls, found)]
            later = after(later, found)
        else:
            return Plan(tuple(calls))
    return None


def _rest(account: Sentence, found: Plan | None, dialogue: Dialogue) -> str | None:
    """The question without what was not placed, when it is understood then."""
    if found is None or not _does(found):
        return None
    rest = without(account)
    sentence = read_sentence(rest, account.vocabulary, dialogue)
    again, used = best_plan(sentence, dialogue)
    if again is None or used.leftover() or not _does(again) or _broken(sentence):
        return None
    return None if of_everybody(again) else rest


def _works(question: str, vocabulary: Vocabulary, dialogue: Dialogue) -> bool:
    """Whether a question is understood wholly and looks at data."""
    found, account = best_plan(read_sentence(question, vocabulary, dialogue), dialogue)
    return found is not None and not account.leftover() and _does(found)


def _broken(sentence: Sentence) -> bool:
    """Whether the words that are left are no sentence: they begin or end with a word that joins."""
    places = read_table("places")
    return not sentence.tokens or sentence.tokens[0].text == "的" or sentence.tokens[-1].text in places["before_values"]


def _does(found: Plan) -> bool:
    """Whether it looks at data, and does not merely ask or decline."""
    return bool(found.calls) and not any(call.name in ("ask_user", "decline") for call in found.calls)


def _noted(found: Plan, sentence: Sentence) -> Plan:
    notes = tuple(("mended", f"{one.typed} → {one.read}") for one in sentence.mended)
    return replace(found, notes=(*found.notes, *notes))
