"""What an answer rests on, as the page shows it: receipts behind its figures, cross-checks, and what the operator says of it."""

from __future__ import annotations

from typing import Any

from assistant.ui.grounds import disagreement, exact_value, tables_of
from assistant.ui.pieces import piece
from assistant.ui.prose_html import prose_html
from assistant.ui.texts import say
from assistant.ui.turns import Turn
from tools.contracts import Receipt


def prose_with_receipts(text: str, turn: Turn, language: str) -> str:
    """The prose with its figures as buttons, and the receipts that they unfold.

    Args:
        text: The answer's text, or what the operator is asked.
        turn: Tells which figures the text has and what they rest on.
        language: Of the page; what belongs to the answer speaks the answer's language.
    """
    marks = turn.marks if text is turn.text else []
    html = prose_html(text, marks, turn.grounds, language, turn.currency, turn.language)
    cited = [turn.grounds.receipt_of(mark.figure) for mark in marks]
    behind_tables = [turn.grounds.receipt_of_table(table) for table in turn.tables]
    wanted = {receipt.id: receipt for receipt in (*cited, *behind_tables) if receipt is not None}
    receipts = piece("receipts", language, receipts=[_receipt(receipt, turn, language) for receipt in wanted.values()])
    return piece("prose", language, key=turn.key, html=html) + receipts


def checks_html(turn: Turn) -> tuple[str, str]:
    """The cross-checks that do not hold, and in one line those that do; empty where there are none."""
    checks = turn.answer.checks if turn.answer else []
    language, currency = turn.language, turn.currency
    differing = [(check.label.say(language), *disagreement(check, language, currency)) for check in checks if not check.holds]
    holding = [(check.label.say(language), exact_value(check.found, check.unit, language, currency)) for check in checks if check.holds]
    failed = piece("checks", language, failed=differing, held=[]) if differing else ""
    return failed, piece("checks", language, failed=[], held=holding) if holding else ""


def feedback_html(turn: Turn, conversation: str, language: str, said: str = "") -> str:
    """The control with which the operator judges an answer that is kept; nothing where it is not.

    Args:
        turn: With what was said of it so far.
        conversation: The conversation's id.
        language: Of the page.
        said: What has just been done, in words.
    """
    if turn.number is None or not conversation:
        return ""
    given = turn.feedback
    said = said or (say("feedback_kept", language) if given else "")
    return piece(
        "feedback",
        language,
        conversation=conversation,
        turn=turn.number,
        verdict=given.verdict if given else "",
        comment=given.comment if given else "",
        said=said,
    )


def _receipt(receipt: Receipt, turn: Turn, language: str) -> dict[str, Any]:
    handle = receipt.id.partition(".")[0]
    tables = turn.grounds.tables.get(handle, [])
    return {
        "id": receipt.id,
        "definition": receipt.definition.say(language),
        "reading": turn.grounds.readings.get(handle),
        "as_of": receipt.as_of.isoformat() if receipt.as_of else "",
        "tool": receipt.tool,
        "rows": [(table.title.say(turn.language), say("rows_all", language, count=f"{table.row_count:,}")) for table in tables],
        "tables": tables_of(receipt),
        "model_version": receipt.model_version,
        "seed": receipt.seed,
        "data_version": receipt.data_version,
        "statements": receipt.statements,
    }
