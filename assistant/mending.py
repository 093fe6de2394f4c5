"""One more call of a language model whose sentences were left out: it may write them again, from what the results have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from assistant.agent import MODEL_CALLS
from assistant.chat_model import Brain
from assistant.declarations import declarations
from assistant.failures import BrainFailed
from assistant.prompt_library import render
from assistant.prose import ProseStream, Refusal
from assistant.sending import sendable
from assistant.tool_content import citable
from assistant.toolbox import Toolbox

MOST_REFUSED = 12
LONGEST_SENTENCE = 300
_LANGUAGE_NAMES = {"zh": "Simplified Chinese (简体中文)", "en": "English"}


@dataclass(frozen=True)
class Mended:
    """What the second call gave.

    Args:
        text: Checked sentences that were not shown before.
        prose: The checked stream, with what was refused again.
        message: The model's own words.
    """

    text: str
    prose: ProseStream
    message: AIMessage


def mend(brain: Brain, toolbox: Toolbox, sent: Sequence[AnyMessage], first: ProseStream, shown: str, system_prompt: str) -> Mended | None:
    """The sentences written again; None where the call fails or nothing is gained.

    Args:
        brain: The language model.
        toolbox: For the results, the limits and what must stay hidden.
        sent: The messages so far, the model's reply last.
        first: Its checked reply.
        shown: What the operator has seen of it.
        system_prompt: As in the first calls.
    """
    if not first.refused or not first.evidence.results or toolbox.meter.calls >= MODEL_CALLS:
        return None
    reply = _reply(brain, toolbox, [*sent, _request(first)], system_prompt)
    if reply is None:
        return None
    prose = ProseStream(first.evidence, first.language, first.currency, seen=shown, signs=first.signs, reveal=first.reveal)
    text = prose.feed(reply.text) + prose.finish()
    return Mended(text, prose, reply) if text.strip() and prose.dropped < first.dropped else None


def _reply(brain: Brain, toolbox: Toolbox, messages: Sequence[AnyMessage], system_prompt: str) -> AIMessage | None:
    import httpx
    import openai

    outbound = [SystemMessage(system_prompt), *sendable(toolbox, messages)]
    try:
        toolbox.meter.check()
        reply = brain.chat.bind_tools(declarations(for_model=True), tool_choice="none").invoke(outbound)
    except (openai.OpenAIError, httpx.HTTPError, BrainFailed, ValueError):
        return None  # What was checked of the first reply stands, with its caveat.
    toolbox.meter.add(outbound, reply)
    return reply if reply.response_metadata.get("finish_reason") == "stop" else None


def _request(first: ProseStream) -> HumanMessage:
    refused = "\n".join(map(_told, first.refused[:MOST_REFUSED]))
    refs = "\n".join(citable(first.evidence.results, first.language, first.currency))
    return HumanMessage(render("mend.md", refused=refused, language_name=_LANGUAGE_NAMES[first.language], refs=refs))


def _told(refusal: Refusal) -> str:
    why = "a name that no result has" if refusal.is_name else "without evidence"
    return f"- {refusal.sentence.strip()[:LONGEST_SENTENCE]} ({refusal.what}: {why})"


def without_refused(message: AIMessage, refused: Sequence[Refusal]) -> AIMessage:
    """``message`` as it is remembered: what was not shown must not be believed later."""
    if not isinstance(message.content, str) or not refused:
        return message
    content = message.content
    for refusal in refused:
        content = content.replace(refusal.sentence, "")
    return message.model_copy(update={"content": content.strip()})
