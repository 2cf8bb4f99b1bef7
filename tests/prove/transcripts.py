"""The `corsim prove` transcripts of a Markdown page, run and compared: transcripts.py PAGE CORSIM.

A transcript is an indented line `$ corsim prove ...` and the indented lines below it; a line that
ends with a backslash goes on in the next, and a last line `...` stands for whatever follows. Times
and numbers of states differ from machine to machine and are not compared. Exit status 1: something
differs, or there are fewer than two transcripts.
"""

import re
import subprocess
import sys

INDENT = "    "
LEAST = 2


def transcripts(text):
    """Yields command and expected lines."""
    command, lines = None, []
    for line in text.splitlines() + [""]:
        inside = line.startswith(INDENT) and line.strip()
        if command is not None and command.endswith("\\") and inside:
            command = command[:-1] + line.strip()
        elif inside and line.startswith(INDENT + "$ "):
            if command is not None:
                yield command, lines
            command, lines = line[len(INDENT) + 2:], []
        elif inside and command is not None:
            lines.append(line[len(INDENT):])
        elif command is not None:
            yield command, lines
            command = None


def without_figures(line):
    return re.sub(r"\([0-9.]+ ms, [0-9]+ states\)", "(... ms, ... states)", line)


def main():
    page, corsim = sys.argv[1:3]
    with open(page, encoding="utf-8") as file:
        found = [t for t in transcripts(file.read()) if t[0].startswith("corsim prove ")]
    wrong = 0
    for command, expected in found:
        run = subprocess.run(["bash", "-c", 'corsim() { "$CORSIM" "$@"; }\n' + command],
                             env={"CORSIM": corsim, "PATH": "/usr/bin:/bin"}, text=True,
                             stdin=subprocess.DEVNULL, capture_output=True, check=False)
        printed = run.stdout.splitlines()
        if expected and expected[-1] == "...":
            expected = expected[:-1]
            printed = printed[:len(expected)]
        if [without_figures(l) for l in printed] != [without_figures(l) for l in expected]:
            print(f"{page}: {command}\nexpected:", *expected, "printed:", *printed, run.stderr,
                  sep="\n")
            wrong += 1
    print(f"{len(found)} transcripts, {wrong} wrong")
    return 1 if wrong or len(found) < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
