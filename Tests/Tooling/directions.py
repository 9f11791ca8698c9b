#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks which folders of a target name types of which others: never in a circle, and only in the order below.

    directions.py            # checks all targets
    directions.py --print    # and prints who names whom

Inside a module nothing but the names shows who needs whom. Names are read as words, not by a compiler: nested types are not
followed, nor are members of extensions.
"""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Sources"
# A folder may name those before it. Files beside the folders may be named by all, and name none but Threads.
ORDER = {
    "Compose": [
        "Threads", "Media", "Plan", "Keeping", "Pictures", "Composing", "Sound", "Encoding", "Render", "Inspection", "Checking", "Workbench",
    ],
    "ComposeScene": ["Errors", "Document", "Forms", "Values", "Output", "Captions", "Text", "Clips", "Edit"],
}
DECLARED = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private|open|final|indirect)\s+)*"
    r"(?:struct|class|enum|actor|protocol|typealias)\s+([A-Z]\w*)", re.M)
PRIVATE = re.compile(r"^(?:(?:final|indirect)\s+)*(?:fileprivate|private)\s", re.M)
IGNORED = re.compile(r"//.*?$|/\*.*?\*/|\"\"\".*?\"\"\"|\"(?:\\.|[^\"\\\n])*\"", re.M | re.S)
WORD = re.compile(r"\b[A-Z]\w*\b")


def arrows(target):
    """Returns for each folder the folders whose types it names, with the names."""
    files = {p: IGNORED.sub("", p.read_text()) for p in sorted(target.rglob("*.swift"))}

    def folder(path):
        parts = path.relative_to(target).parts
        return parts[0] if len(parts) > 1 else ""

    owner = {}
    for path, text in files.items():
        for match in DECLARED.finditer(text):
            if not PRIVATE.match(match.group(0)):
                owner[match.group(1)] = folder(path)
    found = collections.defaultdict(lambda: collections.defaultdict(set))
    for path, text in files.items():
        for name in set(WORD.findall(text)):
            if name in owner and owner[name] != folder(path):
                found[folder(path)][owner[name]].add(name)
    return found


def circles(found):
    """Returns the folders that lead back to themselves."""
    def reach(start):
        seen, ahead = set(), [start]
        while ahead:
            for following in found[ahead.pop()]:
                if following and following not in seen:
                    seen.add(following)
                    ahead.append(following)
        return seen
    return sorted(folder for folder in list(found) if folder and folder in reach(folder))


def main():
    wrong = 0
    for target in sorted(p for p in ROOT.iterdir() if p.is_dir() and any(p.rglob("*.swift"))):
        found = arrows(target)
        if "--print" in sys.argv:
            for folder, others in sorted(found.items()):
                print(f"{target.name}/{folder}: " + ", ".join(f"{o or 'top'} ({len(n)})" for o, n in sorted(others.items())))
        order = ORDER.get(target.name)
        if order:
            for folder in sorted({p.name for p in target.iterdir() if p.is_dir() and any(p.rglob("*.swift"))} - set(order)):
                print(f"{target.name}/{folder} has no place in the order; give it one in {__file__}")
                wrong += 1
            for folder, others in found.items():
                for other, names in others.items():
                    if folder and other and order.index(other) >= order.index(folder):
                        print(f"{target.name}/{folder} must not name {other}: {', '.join(sorted(names))}")
                        wrong += 1
        elif circle := circles(found):
            print(f"{target.name}: these folders name each other in a circle: {', '.join(circle)}")
            wrong += 1
    return 1 if wrong else 0


sys.exit(main())
