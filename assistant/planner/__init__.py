"""The embedded brain: a chat model that understands questions in Chinese, English or both without a network.

A question passes through an ordered pipeline of small modules:
normalise -> tokenise (lexicon, numbers, periods, typos) -> reduce (quantities, comparisons, rankings, conditions)
-> intent -> tool calls -> coverage (every content word is used, or the planner asks).
Its knowledge is data: prompts/lexicon, the metric catalogue, segment names and the values of the loaded data.
"""
