"""Checks a result against result.schema.json, in as much of JSON Schema 2020-12 as that file uses."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from .steps import STEPS

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
KEYWORDS = {
    "$schema", "$defs", "title", "description", "$ref", "type", "const", "enum", "minimum", "pattern",
    "items", "required", "properties", "additionalProperties", }  # fmt: skip


@cache
def result_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("result.schema.json").read_text())
    return schema


def problems(value: object, schema: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with a value, each in one line; empty if it is as the schema says."""
    root = result_schema() if schema is None else schema
    return list(check(value, root, root, "result"))


def problems_of_result(result: dict[str, Any]) -> list[str]:
    """The same, and whether its steps are there, which no schema can say."""
    return problems(result) or [
        f"{each['step']} is no step of this kit"
        for each in [*result["steps"], *result["cases"]]
        if each["step"] not in STEPS
    ]


def check(value: object, schema: dict[str, Any], root: dict[str, Any], where: str) -> list[str]:
    unknown = schema.keys() - KEYWORDS
    if unknown:
        raise ValueError(f"the schema uses {sorted(unknown)[0]}, which this checker doesn't know")
    found: list[str] = []
    if "$ref" in schema:
        found += check(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, where)
    if "type" in schema and not has_type(value, schema["type"]):
        return [*found, f"{where} is not of type {schema['type']}"]
    if "const" in schema and not same(value, schema["const"]):
        found.append(f"{where} is not {schema['const']!r}")
    if "enum" in schema and not any(same(value, choice) for choice in schema["enum"]):
        found.append(f"{where} is none of {schema['enum']}")
    if "minimum" in schema and has_type(value, "number") and not value >= schema["minimum"]:
        found.append(f"{where} is less than {schema['minimum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{where} doesn't match {schema['pattern']}")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            found += check(item, schema["items"], root, f"{where}[{index}]")
    if isinstance(value, dict):
        found += [f"{where} lacks {name}" for name in schema.get("required", []) if name not in value]
        known = schema.get("properties", {})
        for name, item in value.items():
            if name in known:
                found += check(item, known[name], root, f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{where} has {name}, which the schema doesn't know")
    return found


def has_type(value: object, types: str | list[str]) -> bool:
    names = [types] if isinstance(types, str) else types
    return any(
        isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        for name in names
    )


def same(value: object, choice: object) -> bool:
    return type(value) is type(choice) and bool(value == choice)
