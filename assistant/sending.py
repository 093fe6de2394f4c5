"""What may leave for a language model, with the personal data of customers looked for in all of it."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AnyMessage

from assistant.outgoing import outgoing, text_of
from assistant.toolbox import Toolbox
from tools.warehouse.personal import personal_values_in


def sendable(toolbox: Toolbox, messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """Copies of ``messages`` in which names, e-mails, phones and addresses of customers are hidden, also where a
    segment, a file or a product carries one.

    Args:
        toolbox: For the data, and for what was hidden before.
        messages: The conversation so far.
    """
    texts = {text_of(message) for message in messages} - toolbox.mask.searched
    if texts:
        with toolbox.context() as context:
            toolbox.mask.add(personal_values_in(context.engine, "\n".join(sorted(texts))))
        toolbox.mask.searched |= texts
    return outgoing(messages, toolbox.mask, toolbox.warehouse.config.context_tokens)
