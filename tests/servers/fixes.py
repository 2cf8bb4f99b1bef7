#!/usr/bin/python3
# fixes.py --corsim PROGRAM --build FOLDER [--system NAME]... [--self-test]: for each wrong
# configuration of nginx, Express, Flask and PHP in expected.tsv, the lines that the audit
# proposes for its first finding take the place of those between the marks "cors: begin" and
# "cors: end" (of nginx, its maps come first in the file, which is in http), and the server is
# started again: the finding must be gone, nothing above a note be left, the page's requests be
# allowed, and the page be answered the same as who has no Origin. Exits as run.py does. --self-test
# applies nothing, and wants that noticed.
import argparse
import os
import re
import sys

import fleet
import run

# The name for --system, and the systems of the table that it stands for.
FIXED = {"nginx": "nginx", "express": "express", "express-cors": "express", "flask": "flask",
         "php": "php"}
MARKED = re.compile(r"^.*cors: begin$\n(.*\n)*?.*cors: end$", re.MULTILINE)
MAP = re.compile(r"^map .*\{\n(?:.*\n)*?\}\n", re.MULTILINE)


def proposed(corsim, target, row):
    """The first finding, which is the intended one, and its lines."""
    target.asked_by_somebody()
    said = fleet.audited(corsim, target, row["page"], FIXED[row["system"]])
    return next(iter(said["findings"]), {"id": None, "fix": None})


def applied(target, lines, work):
    """The path of a copy of the configuration with these lines between its marks."""
    with open(target.file, encoding="utf-8") as file:
        text, count = MARKED.subn(lambda _: MAP.sub("", lines), file.read())
    if count != 1:
        raise ValueError(f"{target.file}: {count} pairs of marks")
    folder = f"{work}/{target.system.name}-{target.configuration}"
    os.makedirs(folder)
    path = f"{folder}/{os.path.basename(target.file)}"
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(MAP.findall(lines)) + text)
    return path


def left(corsim, target, row, finding):
    """What is still wrong with a configuration after its fix."""
    after = fleet.audited(corsim, target, row["page"])["findings"]
    for one in after:
        if one["id"] == finding["id"]:
            yield f"{finding['id']} is still found"
        elif one["severity"] != "note":
            yield f"{one['id']} is found ({one['severity']})"
    for kind in fleet.kinds_of(row["page"]):
        said = run.verdict(fleet.checked(corsim, target, kind))
        if not said.startswith("allowed"):
            yield f"{kind} is {said}"
    if target.asked(target.system.me, {"Origin": target.origin}) != target.asked(
            target.system.me, {}):
        yield "the page is answered something else"


def main():
    parser = argparse.ArgumentParser()
    run.add_options(parser)
    chosen = parser.parse_args()
    _, rows = run.chosen_rows(chosen)
    rows = {(row["system"], row["configuration"]): row for row in rows
            if row["system"] in FIXED and row["intended"] not in ("right", "-")}
    before = fleet.Fleet(os.path.abspath(chosen.build)).start(list(rows))
    wrong, copies = [], {}
    for target in before.targets:
        row = rows[target.system.name, target.configuration]
        found = proposed(chosen.corsim, target, row)
        if found["id"] != row["intended"] or not found["fix"]:
            wrong.append(f"{target.name}: {found['id']} comes first, with the fix {found['fix']}")
            continue
        with open(target.file, encoding="utf-8") as file:
            same = "\n".join(MARKED.search(file.read())[0].splitlines()[1:-1])
        lines = same if chosen.self_test else found["fix"]
        copies[target.system.name, applied(target, lines, before.work)] = row, found, target.name
    after = fleet.Fleet(before.build).start(list(copies))
    for target in after.targets:
        row, found, name = copies[target.system.name, target.configuration]
        said = list(left(chosen.corsim, target, row, found))
        print(f"{name}: {found['id']}, {'; '.join(said) or 'fixed'}")
        if chosen.self_test:
            said = [] if said else ["that nothing was changed goes unnoticed"]
        wrong += [f"{name}, fixed: {line}" for line in said]
    before.failed.update(after.failed)
    return run.report(before, wrong)


if __name__ == "__main__":
    sys.exit(main())
