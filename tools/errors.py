"""Every error that Fenqun raises on purpose.

    FenqunError
    ├── InputError              the caller's words are off; other arguments could mend it
    │   ├── UnknownName         a name that is not in a closed list
    │   └── FileProblem         a file that cannot be read as it is
    ├── UnsupportedQuestion     the loaded data cannot answer it
    ├── NotEnoughData           a model lacks the data it needs
    ├── Blocked                 refused on purpose: a guard, privacy, consent
    ├── Cancelled               the operator stopped it, or its time ran out
    └── WarehouseError          the database itself
        ├── WarehouseMissing
        ├── WarehouseBusy
        └── SchemaMismatch

Messages are one sentence in each language: what is wrong, where, how to mend it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


class FenqunError(Exception):
    """Base of every error that is shown to an operator.

    Args:
        en: The sentence in English.
        zh: The same sentence in Chinese.
    """

    mendable: ClassVar[bool] = False
    """Whether the same tool could succeed with other arguments."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def message(self, language: str) -> str:
        """The sentence in ``language`` ("zh" or anything else for English)."""
        return self.zh if language == "zh" else self.en


class InputError(FenqunError):
    """The arguments are off; others could work."""

    mendable = True


class UnknownName(InputError):
    """A name that is not one of the known ones.

    Args:
        kind_en: What the name should have been, such as "metric".
        kind_zh: The same in Chinese.
        name: The name as given.
        valid: The names that exist; the closest come first in the message.
        valid_zh: The same for the Chinese message, where the names differ.
        most: Names to show when none is close.
    """

    def __init__(
        self, kind_en: str, kind_zh: str, name: str, valid: Iterable[str], valid_zh: Iterable[str] | None = None, most: int = 12
    ) -> None:
        known = list(valid)
        known_zh = known if valid_zh is None else list(valid_zh)
        self.name = name
        self.suggestions = _closest(name, known)
        shown, shown_zh = self.suggestions or known[:most], _closest(name, known_zh) or known_zh[:most]
        super().__init__(
            f"There is no {kind_en} named {name!r}; known: {', '.join(shown)}{_rest(shown, known)}.",
            f"没有名为“{name}”的{kind_zh}；可用的有：{'、'.join(shown_zh)}{_rest(shown_zh, known_zh)}。",
        )


def _closest(name: str, known: list[str]) -> list[str]:
    folded = {one.casefold(): one for one in known}
    return [folded[one] for one in difflib.get_close_matches(name.casefold(), folded, n=5, cutoff=0.6)]


def _rest(shown: list[str], known: list[str]) -> str:
    return "" if len(shown) == len(known) else " …"


class FileProblem(InputError):
    """A file that cannot be loaded as it is."""


class UnsupportedQuestion(FenqunError):
    """The data that was loaded lacks what the question needs."""


class NotEnoughData(FenqunError):
    """A model was asked for on data too small to fit it."""


class Blocked(FenqunError):
    """Refused on purpose."""


class Cancelled(FenqunError):
    """Stopped by the operator or by a time limit."""

    def __init__(self, en: str = "The work was stopped.", zh: str = "操作已停止。") -> None:
        super().__init__(en, zh)


class WarehouseError(FenqunError):
    """The warehouse could not do what was asked."""


class WarehouseMissing(WarehouseError):
    """There is no warehouse at the path."""


class WarehouseBusy(WarehouseError):
    """Another process holds the warehouse's lock."""


class SchemaMismatch(WarehouseError):
    """The warehouse was written by a newer version."""
