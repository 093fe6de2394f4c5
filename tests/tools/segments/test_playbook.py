"""The playbook covers every group of every scheme, completely, in both languages."""

from __future__ import annotations

import copy
import re
from importlib import resources
from typing import Any

import pytest
import yaml

from tools.errors import UnknownName
from tools.segments.playbook import ASPECTS, GENERAL, parse_playbook, playbook, strategy
from tools.segments.schemes import SCHEMES

GROUPS = [group.id for scheme in SCHEMES.values() for group in scheme.groups]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def data() -> dict[str, Any]:
    text = resources.files("prompts").joinpath("strategies.yaml").read_text(encoding="utf-8")
    return copy.deepcopy(yaml.safe_load(text))


@pytest.mark.parametrize("group", [*GROUPS, GENERAL])
def test_every_group_has_a_whole_entry_in_both_languages(group: str) -> None:
    entry = strategy(group)
    assert len(entry.actions) >= 3
    for name, text in entry.aspects().items():
        assert name in ASPECTS
        assert CHINESE.search(text.zh)
        assert not CHINESE.search(text.en)
        assert text.zh.endswith("。")
        assert text.en.endswith(".")


def test_no_two_groups_have_the_same_goal() -> None:
    goals = [entry.goal.en for entry in playbook().values()]
    assert len(set(goals)) == len(goals) == len(GROUPS) + 1


def test_the_whole_text_names_every_aspect() -> None:
    text = strategy("champions").text()
    assert all(name.en in text.en and name.zh in text.zh for name in ASPECTS.values())


def test_a_missing_group_is_refused(data: dict[str, Any]) -> None:
    del data["champions"]
    with pytest.raises(ValueError, match=r"lacks \['champions'\]"):
        parse_playbook(data)


def test_an_unknown_entry_is_refused(data: dict[str, Any]) -> None:
    data["whales"] = data["champions"]
    with pytest.raises(ValueError, match=r"unknown entries \['whales'\]"):
        parse_playbook(data)


@pytest.mark.parametrize("change", [{"goal": None}, {"goal": {"en": "x"}}, {"extra": {"zh": "甲", "en": "a"}}])
def test_an_incomplete_entry_is_refused(data: dict[str, Any], change: dict[str, Any]) -> None:
    data["lost"] |= change
    with pytest.raises(ValueError, match=r"validation error"):
        parse_playbook(data)


def test_an_entry_without_actions_is_refused(data: dict[str, Any]) -> None:
    data["lost"]["actions"] = []
    with pytest.raises(ValueError, match=r"without actions: \['lost'\]"):
        parse_playbook(data)


def test_an_unknown_group_is_told() -> None:
    with pytest.raises(UnknownName, match="no group named 'champion'; known: champions"):
        strategy("champion")
