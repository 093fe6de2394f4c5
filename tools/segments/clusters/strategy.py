"""What to do about a cluster: the playbook's entry of the RFM group that most members are in, and its traits' own advice."""

from __future__ import annotations

from tools.contracts import Frozen, Text
from tools.segments.clusters.naming import chosen_words
from tools.segments.clusters.run import Cluster
from tools.segments.playbook import GENERAL, playbook

LEAST_SHARE = 0.5
"""Share of the members that a group needs to speak for the cluster."""
_MOST_ACTS = 3
_OWN_GOAL = Text(
    zh="围绕他们最突出的特点来运营，并为此设一个可衡量的目标。",
    en="Build on what sets them apart, and set one measurable goal for it.",
)


class ClusterStrategy(Frozen):
    """A goal and what to do.

    Args:
        group: The playbook's entry that the goal is from; "general" where the cluster's own traits set it.
        goal: What to aim at.
        actions: What to do: first what the traits advise, then the playbook's first action.
    """

    group: str
    goal: Text
    actions: tuple[Text, ...]

    def text(self) -> Text:
        """Goal and actions as one text."""
        zh, en = "".join(one.zh for one in self.actions), " ".join(one.en for one in self.actions)
        return Text(zh=f"{self.goal.zh}{zh}", en=f"{self.goal.en} {en}")


def strategy_of(cluster: Cluster) -> ClusterStrategy:
    """The strategy for a cluster."""
    known = cluster.rfm_group
    group = known[0] if known and known[1] >= LEAST_SHARE and known[0] in playbook() else GENERAL
    entry = playbook()[group]
    acts: list[Text] = []
    for found in chosen_words(cluster.traits).values():
        for trait in found:
            act = trait.side.act if trait.side else None
            if act is not None and act not in acts:
                acts.append(act)
    if group == GENERAL and acts:
        return ClusterStrategy(group=group, goal=_OWN_GOAL, actions=tuple(acts[:_MOST_ACTS]))
    return ClusterStrategy(group=group, goal=entry.goal, actions=(*acts[:_MOST_ACTS], entry.actions[0]))
