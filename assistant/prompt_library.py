"""The texts of prompts/: templates that fail on a missing or unknown variable, and data in YAML.

Works from the source tree and from an installed package alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import jinja2
import jinja2.meta
import yaml

from tools.errors import UnknownName

_ROOT = "prompts"
_TEXTS = (".md", ".yaml", ".j2")


def prompt_file(name: str) -> Traversable:
    """The file ``name``, such as "tools/measure.md".

    Raises:
        UnknownName: prompts/ has no such file.
    """
    path = resources.files(_ROOT).joinpath(name)
    if not path.is_file():
        folder, _, _ = name.rpartition("/")
        raise UnknownName("prompt", "提示模板", name, prompt_names(folder))
    return path


def prompt_names(folder: str = "") -> list[str]:
    """The names of the files in ``folder``, sorted."""
    root = resources.files(_ROOT).joinpath(folder) if folder else resources.files(_ROOT)
    if not root.is_dir():
        return []
    return sorted(f"{folder}/{entry.name}" if folder else entry.name for entry in root.iterdir() if entry.is_file())


def all_prompt_names() -> list[str]:
    """The names of all text files, those in folders too, sorted."""

    def below(folder: Traversable, prefix: str) -> Iterator[str]:
        """The texts of a folder and of those in it, by their paths."""
        for entry in folder.iterdir():
            if entry.is_dir():
                yield from below(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith(_TEXTS):
                yield prefix + entry.name

    return sorted(below(resources.files(_ROOT), ""))


@lru_cache(maxsize=512)
def read_text(name: str) -> str:
    """The text of ``name`` as written, without a trailing newline.

    Raises:
        UnknownName: prompts/ has no such file.
    """
    return prompt_file(name).read_text(encoding="utf-8").rstrip("\n")


@lru_cache(maxsize=64)
def read_yaml(name: str) -> Any:
    """The data of the YAML file ``name``; shared, so not to be changed.

    Raises:
        UnknownName: prompts/ has no such file.
    """
    # The C loader reads the same and takes a tenth of the time; some platforms lack it.
    return yaml.load(read_text(name), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The environment that every template of prompts/ is rendered in: strict, without HTML escaping."""
    loader = jinja2.FunctionLoader(lambda name: prompt_file(name).read_text(encoding="utf-8"))
    return jinja2.Environment(  # noqa: S701 - the output is prose and Markdown, never HTML
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )


def render(name: str, **variables: Any) -> str:
    """The template ``name`` with exactly its variables filled in.

    Raises:
        UnknownName: There is no such template, or it does not know a variable that was given.
        jinja2.UndefinedError: A variable that it needs was not given.
    """
    known = variables_of(name)
    for variable in variables:
        if variable not in known:
            raise UnknownName(f"variable of {name}", f"{name} 的变量", variable, sorted(known))
    for variable in known:
        if variable not in variables:
            raise jinja2.UndefinedError(f"{name} needs the variable {variable!r}")
    return environment().get_template(name).render(**variables).strip()


@lru_cache(maxsize=512)
def variables_of(name: str) -> frozenset[str]:
    """The variables that the template ``name`` mentions, its imports aside."""
    return frozenset(jinja2.meta.find_undeclared_variables(environment().parse(prompt_file(name).read_text(encoding="utf-8"))))
