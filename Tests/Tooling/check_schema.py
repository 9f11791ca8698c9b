#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the JSON Schema of edit documents with a validator that others wrote (PyPI's jsonschema).

    check_schema.py SCHEMA ROOT REFUSED UNEXPRESSED

SCHEMA is what `compose schema` prints. Every edit in ROOT's examples and documentation has to be accepted. Every document in the
folder REFUSED has to be refused, by the schema or because it is not JSON, except those that the file UNEXPRESSED lists with the
reason why a schema cannot say what is wrong with them: these have to be accepted, so that the list stays true.
"""
import json, pathlib, re, sys

import jsonschema


def strict(text):
    """Parses JSON as the RFC has it: no NaN, no name twice, no half of a surrogate pair."""
    def once(pairs):
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name twice")
        return dict(pairs)

    def never(name):
        raise ValueError(name)

    value = json.loads(text, object_pairs_hook=once, parse_constant=never)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def examples(root):
    """Every edit in the repository's examples and documentation, by where it stands."""
    for path in sorted((root / "Examples").glob("*.json")):
        yield path.name, path.read_text()
    documents = [root / "README.md", *sorted((root / "Sources").rglob("*.md")), *sorted((root / "Examples").glob("*/*.md"))]
    for path in documents:
        for index, block in enumerate(re.findall(r"```json\n(.*?)```", path.read_text(), re.S)):
            if '"timeline"' in block and '"version"' in block:
                yield f"{path.name}, block {index + 1}", block


def main(schema, root, refused, unexpressed):
    validator = jsonschema.Draft202012Validator(json.loads(pathlib.Path(schema).read_text()))
    validator.check_schema(validator.schema)
    wrong, accepted, by_schema, by_parser = [], 0, 0, 0
    for name, text in examples(pathlib.Path(root)):
        errors = [error.message for error in validator.iter_errors(strict(text))]
        wrong += [f"{name} is an example and is refused: {errors[0][:200]}"] if errors else []
        accepted += 1
    listed = {line.split(":")[0] for line in pathlib.Path(unexpressed).read_text().splitlines() if line.strip()}
    for path in sorted(pathlib.Path(refused).glob("*.json")):
        try:
            value = strict(path.read_bytes().decode("utf-8-sig"))
        except (ValueError, RecursionError):
            by_parser += 1
            continue
        is_refused = not validator.is_valid(value)
        by_schema += is_refused
        if is_refused and path.name in listed:
            wrong.append(f"{path.name} is refused after all: take it off the list")
        if not is_refused and path.name not in listed:
            wrong.append(f"{path.name} is wrong and is accepted")
    print(f"{accepted} examples accepted; of the wrong documents {by_schema} refused by the schema, {by_parser} by any "
          f"parser, {len(listed)} listed as beyond a schema")
    if accepted < 3:
        wrong.append("the examples were not found")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
