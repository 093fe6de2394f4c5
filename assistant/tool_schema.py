"""The argument schemas that language models are shown: short, so that prompt and tools stay small."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from assistant.prompt_library import read_yaml

_SHAPES = {
    "Selection": "customers",
    "Condition": "rule",
    "Window": "window",
    "TierLimit": "tiers",
    "GroupCondition": "having",
    "OrderCondition": "basket",
}
"""A definition that a property refers to, and the shape that stands in for the property; the first that matches wins."""
_NAMED = ("among",)
"""Properties with a shape of their own name, as the system prompt or another property says what theirs looks like."""
_SILENT = frozenset({"title", "format", "minItems", "maxItems", "minLength", "maxLength", "exclusiveMinimum", "exclusiveMaximum"})


@lru_cache(maxsize=64)
def argument_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of ``model`` without titles and definitions; deep arguments are described in words."""
    full = model.model_json_schema()
    properties = {name: _property(name, schema) for name, schema in full.get("properties", {}).items()}
    short: dict[str, Any] = {"type": "object", "properties": properties}
    if "required" in full:
        short["required"] = full["required"]
    return short


def _property(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name in _NAMED:
        return dict(read_yaml("tools/shapes.yaml")[name])
    text = json.dumps(schema)
    for definition, shape in _SHAPES.items():
        if f'"#/$defs/{definition}"' in text:
            return dict(read_yaml("tools/shapes.yaml")[shape])
    return _short(_without_null(schema))


def _short(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without what its other parts say, what goes without saying, and bounds that only guard against nonsense."""
    return {key: _short(value) if key == "items" else value for key, value in schema.items() if key not in _SILENT | _said(schema)}


def _said(schema: dict[str, Any]) -> frozenset[str]:
    choices, default = schema.get("enum", []), schema.get("default")
    return frozenset(
        (["type"] if choices or "const" in schema else [])
        + (["minimum", "maximum"] if schema.get("minimum") in (None, 1) else [])
        # The system prompt says that the first choice is taken when none is given.
        + (["default"] if default is False or (choices and default == choices[0]) else [])
    )


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """``T | None`` shown as ``T``: an argument may always be left out."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf" and not (key == "default" and value in (None, [], {}, ""))}
    return {**kinds[0], **rest} if len(kinds) == 1 else {**rest, **({"anyOf": kinds} if kinds else {})}
