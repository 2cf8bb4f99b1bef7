#!/usr/bin/python3
# run.py --corsim PROGRAM --build FOLDER [--system NAME]... [--update] [--self-test]: starts the
# real servers of expected.tsv and holds what `corsim check` says of each kind of request, and
# what `corsim audit` finds, against that table, which it prints as it is now. Exits 0 when they
# agree, 1 when not, 77 when a system is missing and the others agree. --update writes the table
# as it is now; --self-test makes every cell wrong once and wants that noticed.
import argparse
import concurrent.futures
import os
import sys

import fleet

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = f"{HERE}/expected.tsv"
COLUMNS = ["system", "configuration", "page", "intended", *fleet.KINDS, "findings"]
SKIP = 77


def read_table():
    """The comment lines at the top, and the rows as dictionaries."""
    with open(TABLE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    rows = [dict(zip(COLUMNS, line.split("\t"))) for line in lines if not line.startswith("#")]
    return [line for line in lines if line.startswith("#")], rows


def write_table(head, rows):
    with open(TABLE, "w", encoding="utf-8") as file:
        for line in [*head, *("\t".join(row[name] for name in COLUMNS) for row in rows)]:
            file.write(line + "\n")


def verdict(said):
    error = said.get("error")
    return " ".join([said["verdict"], said["step"] or "-", *([error] if error else [])])


def findings(said):
    found = [f"{finding['severity']}:{finding['id']}" for finding in said["findings"]]
    return " ".join(found) or "none"


def seen(corsim, target, expected):
    """The row of a target as it is."""
    target.asked_by_somebody()
    row = {name: expected[name] for name in COLUMNS[:4]}
    for kind in fleet.KINDS:
        row[kind] = verdict(fleet.checked(corsim, target, kind))
    row["findings"] = findings(fleet.audited(corsim, target, row["page"]))
    return row


def differences(expected, actual):
    for name in COLUMNS[4:]:
        if expected[name] != actual[name]:
            yield f"{name} is {actual[name]!r}, not {expected[name]!r}"
    first, *_ = [*actual["findings"].split(), ""]
    severity, _, found = first.partition(":")
    if expected["intended"] == "right":
        if severity not in ("note", "none"):
            yield f"it is right, and {first} was found"
    elif expected["intended"] not in ("-", found):
        yield f"{expected['intended']} was to be found first, not {first}"


def self_test(expected, actual):
    """Every cell made wrong once: which are not noticed."""
    for name in COLUMNS[3:]:
        if not list(differences({**expected, name: "nothing"}, actual)):
            yield f"a wrong {name} goes unnoticed"


def show(rows):
    width = [max(len(row[name]) for row in rows) for name in COLUMNS]
    for row in rows:
        print("  ".join(row[name].ljust(w) for name, w in zip(COLUMNS, width)).rstrip())


def add_options(parser):
    parser.add_argument("--corsim", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--system", action="append")
    parser.add_argument("--self-test", action="store_true")


def chosen_rows(chosen):
    """The comments of the table, and the rows of the systems that were named, if any were."""
    head, table = read_table()
    return head, [row for row in table if not chosen.system or row["system"] in chosen.system]


def report(running, wrong):
    """Says what is wrong and what is missing; the exit status."""
    wrong = [*wrong, *(f"{name} does not start: {why}" for name, why in running.failed.items())]
    for line in wrong:
        print("FAIL", line)
    for name, why in running.missing.items():
        print(f"SKIP {name}: {why}")
    print(f"{len(running.targets)} configurations of "
          f"{len({target.system.name for target in running.targets})} systems, {len(wrong)} wrong, "
          f"{len(running.missing)} systems missing")
    return 1 if wrong else SKIP if running.missing else 0


def main():
    parser = argparse.ArgumentParser()
    add_options(parser)
    parser.add_argument("--update", action="store_true")
    chosen = parser.parse_args()
    head, rows = chosen_rows(chosen)
    expected = {(row["system"], row["configuration"]): row for row in rows}
    running = fleet.Fleet(os.path.abspath(chosen.build)).start(list(expected))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        actual = list(pool.map(lambda target: seen(
            chosen.corsim, target, expected[target.system.name, target.configuration]),
            running.targets))
    show([dict(zip(COLUMNS, COLUMNS)), *actual])
    pairs = [(expected[row["system"], row["configuration"]], row) for row in actual]
    if chosen.update:
        changed = {(row["system"], row["configuration"]): row for row in actual}
        write_table(head, [changed.get((row["system"], row["configuration"]), row)
                           for row in read_table()[1]])
    judge = self_test if chosen.self_test else differences
    return report(running, [f"{now['system']} {now['configuration']}: {what}"
                            for row, now in pairs for what in judge(row, now)])


if __name__ == "__main__":
    sys.exit(main())
