"""The words of a tool's result that are its own, and so vouch for the numbers and names in them."""

from __future__ import annotations

from collections.abc import Iterator

from tools.contracts import Text, ToolResult


def texts_of(result: ToolResult) -> list[Text]:
    """The sentences of the tool's own: how it understood, its message, caveats, definitions, titles and what it wrote for answers."""
    optional = [result.interpretation, result.message]
    definitions = [receipt.definition for receipt in result.receipts]
    titles = [table.title for table in result.tables]
    return [*(text for text in optional if text), *result.caveats, *definitions, *titles, *texts_within(result.details)]


def texts_within(details: object) -> Iterator[Text]:
    """The sentences that a tool wrote for answers, such as reasons and strategies: its own words vouch for their numbers."""
    if isinstance(details, dict) and details.keys() == {"zh", "en"}:
        if all(isinstance(words, str) for words in details.values()):
            yield Text(**details)
        return
    parts = details.values() if isinstance(details, dict) else details if isinstance(details, list | tuple) else ()
    for part in parts:
        yield from texts_within(part)


def strings_in(details: object) -> Iterator[str]:
    """All words that a result's details hold, but not their keys."""
    if isinstance(details, str):
        yield details
    parts = details.values() if isinstance(details, dict) else details if isinstance(details, list | tuple) else ()
    for part in parts:
        yield from strings_in(part)
