"""“上个月买过牛肉的客户有多少人，占上月下单客户的百分之几”: how many there are, and their share of a group that is named after them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from assistant.planner.asked import Asked, Reads
from assistant.planner.asked_parts import asked_alone, ordered, people_of, said_as
from assistant.planner.clauses import Rule
from assistant.planner.lexicon import read_table
from assistant.planner.normalise import HAN
from assistant.planner.plan import Plan
from assistant.planner.who import both

_HAN = re.compile(f"[{HAN}]")
_PEOPLE_EN = re.compile(r"\b(?:customers?|shoppers?|buyers?|households?|people|members?|users?|clients?|families|renters?|homeowners?)\b")
_PEOPLE_ZH = re.compile("(?:的|所有|全部|总)*(?:客户|顾客|用户|会员|消费者|买家|客人|家庭|人)(?:数|总数|人数)?$")
_TURNS = re.compile("但是?|却|而且?|并且|且|,|又|还|也")


def with_part_of_base(asked: Asked) -> Plan | None:
    """The plan of the group with its share of the base; None where no such question is asked, or a part is not understood."""
    said = said_as("bases", asked.text)
    base = said["base"].strip(" ,的") if said is not None else ""
    if said is None or said_as("whole", base):
        return None
    found = asked.read(said["first"])
    call = found.calls[0] if len(found.calls) == 1 else None
    if call is None or call.name != "find_customers" or set(call.args) - {"rule"}:
        return None
    rule = call.args["rule"]
    among = _same_time(rule) if said_as("same", base) else _rule_of(base, said["first"], asked.read, asked.vocabulary.as_of)
    if not among or among == {"all": []} or among == rule:
        return None
    return replace(found, calls=(replace(call, args={"rule": both(rule, among), "among": among}),))


def _rule_of(base: str, first: str, read: Reads, as_of: dt.date) -> Rule | None:
    """The rule of the base; words that the group before it was told with are completed by them: “占收到过的”."""
    told = next((re.escape(base) + rest for rest in (r".*?(?=的|但|却|而|里|中|有多少|$)",) if base in first), None)
    whole = _TURNS.split(match[0])[0] if told is not None and (match := re.search(told, first)) else base
    for words in dict.fromkeys((_asked(whole), _asked(base), _ordering(base))):
        call = asked_alone(words, read)
        rule = people_of(call, as_of)
        if rule is not None:
            return rule
    return None


def _asked(base: str) -> str:
    """How many the base are, as a question."""
    if not _HAN.search(base):
        return f"how many {base}" if _PEOPLE_EN.search(base) else f"how many customers {base}"
    people = re.search(f"(?:{read_table('among')['people']})(?:数|总数|人数)?$", base)
    return f"{base}有多少" if people else f"{base}的客户有多少"


def _ordering(base: str) -> str:
    """How many ordered in the time that the base is named by: “11月客户”, "last month's shoppers"."""
    if not _HAN.search(base):
        time = re.sub(r"\b(?:all|the|our|total|of)\b", "", _PEOPLE_EN.sub("", base))
        return f"how many customers ordered in {re.sub(r'(?<=month|.week|arter|.year)s', '', time).strip()}"
    return f"{_PEOPLE_ZH.sub('', base)}下过单的客户有多少"


def _same_time(rule: Rule) -> Rule | None:
    """Those who ordered in the time of the rule, where it has one."""
    parts = rule["all"] if set(rule) == {"all"} else [rule]
    windows = [part["window"] for part in parts if part.get("window")]
    return ordered(windows[0]) if windows and all(one == windows[0] for one in windows) else None
