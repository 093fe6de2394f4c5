"""A reading that the operator confirmed, used instead of the planner's own where the conversation does not change the question."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary
from assistant.reading_store import Reading


def confirmed_plan(reading: Reading | None, question: str, vocabulary: Vocabulary, dialogue: Dialogue) -> Plan | None:
    """The confirmed calls; None where there are none, or where the question follows up on what was said before.

    Args:
        reading: What the user confirmed for this very question.
        question: As typed.
        vocabulary: What words mean in the loaded data.
        dialogue: The conversation so far. A reply to what the planner asked is no question of its own.
    """
    if reading is None or dialogue.asked is not None:
        return None
    alone = Dialogue(language=dialogue.language)
    if dialogue.results and understand(question, vocabulary, dialogue).calls != understand(question, vocabulary, alone).calls:
        return None
    return Plan(tuple(Call(one.tool, dict(one.arguments)) for one in reading.calls))
