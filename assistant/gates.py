"""What a language model may do only because the operator said so: written files, and customers who gave no consent."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from assistant.personal import asks_for_personal, personal_fields
from assistant.prompt_library import read_yaml
from tools.errors import Blocked
from tools.requests import ExportCustomers

PERSONAL = frozenset({"name", "email", "phone", "address", "birth_date", "membership_number"})
CONTACT = ("name", "email", "phone")
"""What is meant by personal data in general."""
_BEFORE = 12
"""Characters before the word in which a refusal is looked for."""


def asks_to_export(question: str) -> bool:
    """Whether the operator's words ask for a file."""
    return _says(question, "export")


def vetted_export(request: ExportCustomers, question: str, asked_back: bool) -> ExportCustomers:
    """A language model's ``request`` with nothing in it that the operator did not ask for.

    Args:
        request: As the model wrote it.
        question: The operator's latest message.
        asked_back: Whether that message answers a question of the model's.

    Raises:
        Blocked: The operator asked for no file.
    """
    if not (asks_to_export(question) or asked_back):
        raise Blocked(
            "A file is written only when you ask for one yourself, for example “export the champions to Excel”.",
            "只有您本人明确要求时才会导出文件，例如“把冠军客户导出为 Excel”。",
        )
    changes: dict[str, Any] = {}
    if not request.for_marketing and not _says(question, "without_consent"):
        changes["for_marketing"] = True
    if request.include_personal and asks_for_personal(question):
        asked = personal_fields(question) or list(CONTACT)
        changes["personal_columns"] = [name for name in request.personal_columns if name in asked] or asked
        changes["columns"] = [name for name in request.columns if name not in PERSONAL or name in asked]
    return request.model_copy(update=changes)


def _says(question: str, gate: str) -> bool:
    refused = _pattern("refusals")
    found = _pattern(gate).finditer(question)
    return any(not refused.search(question[max(0, match.start() - _BEFORE) : match.start()]) for match in found)


def _either(*lists: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted({word for each in lists for word in each}, key=len, reverse=True))


@lru_cache(maxsize=8)
def _pattern(name: str) -> re.Pattern[str]:
    words, cues = read_yaml("gates.yaml")[name], read_yaml("lexicon/cues.yaml")["cue"]
    shared = [cues[each] for each in words.get("cues", [])]
    english = _either(words["en"], *(each["en"] for each in shared))
    chinese = _either(words["zh"], *(each["zh"] for each in shared))
    return re.compile(rf"(?<![A-Za-z])(?:{english})(?![A-Za-z])|{chinese}", re.I)
