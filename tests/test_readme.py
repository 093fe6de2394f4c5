"""What the READMEs promise is run: every `$ fenqun …` line, with the output printed below it, and every make target."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


class Example(NamedTuple):
    """One command of a README and the output printed below it."""

    readme: str
    command: str
    output: str


def _examples() -> list[Example]:
    found = []
    for readme in READMES:
        for block in _BLOCK.findall((ROOT / readme).read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append(Example(readme, command.strip(), output.strip()))
    return found


EXAMPLES = _examples()
COMMANDS = [example for example in EXAMPLES if example.command.startswith("fenqun ")]


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


@pytest.mark.parametrize("example", COMMANDS, ids=lambda example: f"{example.readme}: {example.command}")
def test_commands_print_what_the_readme_shows(example: Example, demo_copy: Path, tmp_path: Path) -> None:
    environment = os.environ | {"FENQUN_WAREHOUSE": str(demo_copy), "FENQUN_HOME": str(tmp_path), "COLUMNS": "100"}
    (tmp_path / "orders.csv").write_text(
        "订单号,会员ID,下单时间,实付金额\n1,a,2024年3月5日,¥12.50\n2,b,2024年3月6日,1.2万\n", encoding="gb18030"
    )
    arguments = [sys.executable, "-m", "assistant", *shlex.split(example.command)[1:]]
    done = subprocess.run(
        arguments, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=tmp_path, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    shown, printed = _plain(example.output), _plain(done.stdout)
    if shown.endswith("…"):
        assert printed.startswith(shown.removesuffix("…").rstrip())
    else:
        assert shown in printed


@pytest.mark.parametrize("readme", READMES)
def test_make_targets_exist(readme: str) -> None:
    targets = set(re.findall(r"\bmake ([a-z]+)", (ROOT / readme).read_text(encoding="utf-8")))
    assert {"run", "test"} <= targets
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets <= known


@pytest.mark.parametrize("readme", READMES)
def test_linked_files_exist(readme: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / readme).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_there_are_examples_in_both_languages() -> None:
    assert {example.readme for example in COMMANDS} == set(READMES)
