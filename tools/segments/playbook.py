"""The strategy playbook of prompts/strategies.yaml, loaded strictly: one entry per group of every scheme, and "general"."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from tools.contracts import Frozen, Text
from tools.errors import UnknownName
from tools.segments.schemes import SCHEMES

GENERAL = "general"

ASPECTS: dict[str, Text] = {
    "goal": Text(zh="目标", en="Goal"),
    "actions": Text(zh="行动", en="Actions"),
    "channel": Text(zh="渠道", en="Channel"),
    "offer": Text(zh="权益", en="Offer"),
    "timing": Text(zh="时机", en="Timing"),
    "measure": Text(zh="衡量", en="How to measure"),
    "avoid": Text(zh="避免", en="What not to do"),
}


class Strategy(Frozen):
    """One entry of the playbook."""

    goal: Text
    actions: tuple[Text, ...]
    channel: Text
    offer: Text
    timing: Text
    measure: Text
    avoid: Text

    def aspects(self) -> dict[str, Text]:
        """Each aspect as one text, in the order of ``ASPECTS``; actions are joined."""
        joined = Text(zh="".join(part.zh for part in self.actions), en=" ".join(part.en for part in self.actions))
        return {name: joined if name == "actions" else getattr(self, name) for name in ASPECTS}

    def text(self) -> Text:
        """The whole entry as one text."""
        parts = self.aspects()
        return Text(
            zh="".join(f"{ASPECTS[name].zh}：{text.zh}" for name, text in parts.items()),
            en=" ".join(f"{ASPECTS[name].en}: {text.en}" for name, text in parts.items()),
        )


def group_ids() -> set[str]:
    """The ids of all groups of all schemes."""
    return {group.id for scheme in SCHEMES.values() for group in scheme.groups}


def parse_playbook(data: Any) -> dict[str, Strategy]:
    """A playbook from its YAML data.

    Raises:
        ValueError: A group has no entry, an entry belongs to no group, or has no actions.
        pydantic.ValidationError: An entry lacks an aspect or a language, or has an unknown key.
    """
    wanted = group_ids() | {GENERAL}
    found = set(data)
    if found != wanted:
        raise ValueError(f"the playbook lacks {sorted(wanted - found)} and has unknown entries {sorted(found - wanted)}")
    entries = {name: Strategy.model_validate(entry) for name, entry in data.items()}
    empty = [name for name, entry in entries.items() if not entry.actions]
    if empty:
        raise ValueError(f"entries without actions: {empty}")
    return entries


@lru_cache(maxsize=1)
def playbook() -> dict[str, Strategy]:
    """The playbook of this program, by group id.

    Raises:
        ValueError: The file does not cover every group exactly once.
    """
    return parse_playbook(yaml.safe_load(resources.files("prompts").joinpath("strategies.yaml").read_text(encoding="utf-8")))


def strategy(group_id: str) -> Strategy:
    """The entry of a group, or "general".

    Raises:
        UnknownName: No group has that id.
    """
    entries = playbook()
    if group_id not in entries:
        raise UnknownName("group", "分群", group_id, entries)
    return entries[group_id]
