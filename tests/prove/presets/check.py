#!/usr/bin/python3
# check.py --ask PROGRAM [--preset NAME]... [--seed N] [--count N] [--strings N] [--work FOLDER]
# [--jobs N] [--spoil]: every preset of spec-tables/presets.tsv, configured with each of some
# strings and with two of them, with and without credentials, is asked about `count` origins near
# them: the prover (PROGRAM, built from ask.c), the model (model.py) and, if the preset is known
# by running it, the real system. All must let in the same origins; the model and the real one
# must also send the same. Prints a line for each preset and each difference, and what the prover
# left undecided. Builds what must be built into the work folder, a temporary one if none is
# named, and installs the npm packages there when CORSIM_PRESETS_NPM=1, or uses
# CORSIM_PRESETS_NODE. With --spoil it also counts which rows with one cell changed would have
# been noticed, and says which would not. Exits 0 without a difference, 1 with one, 77 if nothing
# could be asked.
import argparse
import collections
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

import model
import origins
from engines import ENGINES

HERE = os.path.dirname(os.path.abspath(__file__))
ADAPTERS = os.path.join(HERE, "../../../fuzz/adapters")
PYTHON = "/usr/bin/python3"  # Debian's packages belong to Debian's interpreter
# Those whose setting takes one string only.
SINGLE = {"starlette", "fastapi", "express-string", "fastify-string", "koa-string", "hono-string",
          "tower-http"}
JARS = ["/usr/share/maven-repo/org/springframework/spring-web/*/spring-web-4*.jar",
        "/usr/share/maven-repo/org/springframework/spring-core/*/spring-core-4*.jar",
        "/usr/share/java/commons-logging.jar", "/usr/share/java/servlet-api.jar"]

LISTS = [
    "https://example.com", "*", "https://*.example.com", "https://example.com/",
    "HTTPS://Example.COM",
    "http://example.com:80", "https://example.com:443", "https://example.com:8443", "example.com",
    "null", "https://*example.com", "https://api.*.example.com", "https://ex?mple.com",
    "https://exa*ample.com", "https://*.example.*", "https://example.com*", "*.example.com",
    ".example.com", "http*://example.com", "https://a+b(c).example.com", " https://example.com ",
    "https://*.Example.com:8443", "https://example.com/path", "file://", "*example*", "https://*",
    "https://*.example.com:*", "https://a,example.com", "https://Example.com",
    "https://example.com ", " https://example.com",
    "https://example.com,https://*.b.example", "https://example.com:[80,8443],https://*:[*],",
    "nul?", "n*l", "https://ex?mple.*", "https://a.*.b.*.example.com"]
PATTERNS = [
    r"^https://example\.com$", r"https://example.com",
    r"^https?://([a-z0-9-]+\.)*example\.com(:\d+)?$",
    r"https://.*\.example\.com", r"example\.com$", "https://*.example.com", r"EXAMPLE\.com$",
    r"^https://(a|b)\.example\.com$|^https://c\.example\.com", r"^null$|^https://example\.com",
    "*.example.com", r"^https://[^/.]+\.example\.com\b", r"^http://example\.com:80",
    "(https://example",
    r"^https://example\.com/$", r"\Ahttps://example\.com\Z", r"\Ahttps://example\.com\z", ".*",
    r"^https://example\.com:8{1,2}$", r"^https://(?!evil)[\w-]+\.example\.com$",
    r"[\w.-]+example\.com",
    r"^(?i)https://example\.com$", r"^https://(?i:EXAMPLE)\.com$",
    r'^https://["~]*example\.com', "null",
    r"^https://[[:alpha:]]+\.example\.com$", r"^https://\Qa.example\E\.com$",
    r"https://a{,2}\.example\.com",
    r"https://example\.com", "example", r"https://a\.example\.com:8443", "EXAMPLE"]


Task = collections.namedtuple(
    "Task", "preset rows command strings credentials flags options")
Compared = collections.namedtuple("Compared", "answers is_refused undecided differences what")


class Missing(Exception):
    """What a preset needs to be asked is not there."""


def run_once(work, name, command):
    """Runs a script that builds into a folder; its last word when it cannot is why."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise Missing(said[-1] if said else f"{command[0]} exited {done.returncode}")
    return os.path.join(work, name)


class Systems:
    """How each preset is asked: its command, after what it needs was made."""

    def __init__(self, work):
        self.work, self.made = work, {}

    def make(self, name, command):
        if name not in self.made:
            try:
                self.made[name] = run_once(self.work, name, command)
            except Missing as missing:
                self.made[name] = missing
        if isinstance(self.made[name], Missing):
            raise self.made[name]
        return self.made[name]

    def built(self):
        return self.make("handlers", ["sh", f"{HERE}/real/build.sh", self.work])

    def node(self):
        folder = os.environ.get("CORSIM_PRESETS_NODE")
        if not folder and os.environ.get("CORSIM_PRESETS_NPM") == "1":
            folder = os.path.join(self.work, "node")
            self.make("node", ["sh", f"{HERE}/real/install.sh", folder])
        if not folder:
            raise Missing("npm packages: set CORSIM_PRESETS_NPM=1 or CORSIM_PRESETS_NODE")
        os.environ["CORSIM_PRESETS_NODE"] = folder
        return ["node", f"{ADAPTERS}/javascript.mjs", f"{HERE}/real/node.mjs"]

    def python(self, program, module):
        self.make(module, [PYTHON, "-c", f"import {module}"])
        return [PYTHON, f"{ADAPTERS}/python.py", f"{HERE}/real/{program}.py"]

    def server(self, program):
        self.make(program, ["sh", "-c", f"PATH=$PATH:/usr/sbin; command -v {program}"
                            f" || {{ echo no {program} in PATH; exit 1; }}"])
        return [PYTHON, f"{ADAPTERS}/python.py", f"{HERE}/real/server.py"]

    def java(self):
        jars = [found for pattern in JARS for found in glob.glob(pattern)[:1]]
        if len(jars) < len(JARS):
            raise Missing("jars of libspring-web-java, commons-logging or the servlet API")
        self.make("java", ["sh", "-c", "command -v java || { echo no java in PATH; exit 1; }"])
        return ["java", "-cp", ":".join(jars), f"{HERE}/real/Spring.java"]

    def ruby(self):
        self.make("rack-cors", ["ruby", "-e", "require 'rack'; require 'rack/cors'"])
        return ["ruby", f"{ADAPTERS}/ruby.rb", f"{HERE}/real/rack-cors.rb"]

    def command(self, preset):
        first = preset.split("-")[0]
        if first in ("flask", "django", "starlette", "fastapi"):
            program, module = {"flask": ("flask-cors", "flask_cors"),
                               "django": ("django-cors-headers", "corsheaders")}.get(
                                   first, ("starlette", first))
            return self.python(program, module)
        if first in ("express", "fastify", "koa", "hapi", "hono"):
            return self.node()
        if first in ("nginx", "apache", "haproxy", "caddy"):
            return self.server("apache2" if first == "apache" else first)
        return {"rack": self.ruby, "spring": self.java}.get(first, lambda: [self.built()])()


def escaped(origin):
    return re.sub(r"[^ -\[\]-~]", lambda c: f"\\x{ord(c[0]):02x}", origin.replace("\\", "\\\\"))


def asked(command, preset, strings, credentials, questions):
    """The answers of the real one; "refused" if it did not start, "error" if it fell over."""
    done = subprocess.run([*command, preset, *["--credentials"] * credentials, *strings],
                          input="".join(escaped(q) + "\n" for q in questions), capture_output=True,
                          text=True, encoding="latin-1", timeout=300)
    hello, *lines = done.stdout.splitlines() or [""]
    if hello != "corsim-validator 1":
        return "refused", done.stderr
    if len(lines) != len(questions):
        return "error", done.stderr
    values = [line.split("\t")[0] for line in lines]
    return [None if value == "-" else value for value in values], ""


def strings_for(rows, most):
    dialects = {row["dialect"] for row in rows} - {"any", "several", ""}
    chosen = LISTS[:most] if dialects & {"literal", "glob"} or not dialects else []
    patterns = PATTERNS[:most] if dialects - {"literal", "glob"} else []
    steps = " ".join(row["steps"] for row in rows).split()
    if "undelimited" in steps:
        patterns = [f"#{p}#u" if i % 2 else f" {{{p}}}i" for i, p in enumerate(patterns)]
    if "undelimited-slashes" in steps:
        patterns = [f"/{p}/" if i % 2 else f"/{p}/i" for i, p in enumerate(patterns)]
    return chosen + patterns


def ours(ask, preset, strings, flags, credentials, questions):
    """What the prover says that is sent, where a browser takes it; a verdict and why; how sure."""
    done = subprocess.run([ask, preset, flags or "-", "yes" if credentials else "no", *strings],
                          input="".join(escaped(q) + "\n" for q in questions), capture_output=True,
                          text=True, encoding="latin-1", timeout=300)
    hello, *lines = done.stdout.splitlines() or [done.stderr]
    if not hello.startswith("answers ") or len(lines) != len(questions):
        return hello, True
    return [None if line == "-" else line for line in lines], hello == "answers exact"


def let_in(answers, questions):
    """What of it a browser takes."""
    return [a if a in (q, "*") else None for q, a in zip(questions, answers)]


def differences_of_ours(said, is_exact, expected, nothing, questions):
    """Where the prover differs from what is let in; a text is what it could not decide."""
    if isinstance(said, str):
        if said.startswith("undecided"):
            return said
        refused = isinstance(expected, str) or (nothing and not any(expected))
        return [] if said.startswith("malformed") and refused else [f"prover {said!r}"]
    if isinstance(expected, str):
        return [f"prover answers, others {expected}"]
    return [f"{q!r}: prover {a!r}, others {b!r}"
            for q, a, b in zip(questions, said, let_in(expected, questions))
            if a != b and (is_exact or b is not None)]


def spoiled(row):
    """The row with one cell changed, in each way that would be another claim."""
    if row["case"]:
        yield {**row, "case": "exact" if row["case"] != "exact" else "ignored"}
    if row["dialect"] == "literal":
        yield {**row, "match": "prefix" if row["match"] == "full" else "full"}
    elif row["dialect"] in ("python", "pcre2"):
        other = {"search": "prefix", "prefix": "full", "full": "prefix"}
        yield {**row, "match": other[row["match"]]}
    if row["dialect"] in ENGINES:
        yield {**row, "flags": "" if row["flags"] == "i" else "i"}
    if row["part"] not in ("", "origin"):
        yield {**row, "part": "origin"}
    steps = row["steps"].split()
    for step in steps:
        yield {**row, "steps": " ".join(other for other in steps if other != step)}
    if row["dialect"] == "any" or row["dialect"] in ENGINES or row["case"] in ("ignored", "scheme"):
        yield {**row, "answer": "configured" if row["answer"] == "origin" else "origin"}


def noticed(rows, string, credentials, questions, real, work):
    """For each spoiled form of the string's row, whether these answers show that it is wrong."""
    row = model.row_for(rows, string)
    for wrong in spoiled(row):
        cell = next(f"{name} {wrong[name] or '-'}" for name in row if row[name] != wrong[name])
        said = model.answers([{**wrong, "when": ""}], string, credentials, questions, work)
        yield f"{row['preset']} ({row['when'] or '-'}): {cell}", real != said


def modelled(task, questions):
    """What the model says of all strings: a verdict of one is that of all."""
    alone = len(task.strings) == 1
    each = [model.answers(task.rows, string, task.credentials, questions, task.options.work,
                          task.flags, alone) for string in task.strings]
    verdicts = [one for one in each if isinstance(one, str)]
    if verdicts:
        return verdicts[0]
    return each[0] if alone else [next((a for a in some if a in (q, "*")), None)
                                  for q, some in zip(questions, zip(*each))]


def against_real(task, questions, expected):
    """Differences between the model and the real system, and whether both refuse."""
    real, said = asked(task.command, task.preset, task.strings, task.credentials, questions)
    if task.options.spoil and len(task.strings) == 1:
        for wrong, seen in noticed(task.rows, task.strings[0], task.credentials, questions, real,
                                   task.options.work):
            task.options.seen[wrong] = task.options.seen.get(wrong, False) or seen
    if isinstance(real, str) or isinstance(expected, str):
        if real == expected:
            return []
        last = said.strip().splitlines()[-1:] or [""]
        brief = [verdict if isinstance(verdict, str) else "answers" for verdict in (real, expected)]
        return [f"real {brief[0]} ({last[0][:150]}), model {brief[1]}"]
    if len(task.strings) > 1:
        real = let_in(real, questions)
    return [f"{q!r}: real {a!r}, model {b!r}"
            for q, a, b in zip(questions, real, expected) if a != b]


def compared(task):
    several = any(row["dialect"] == "several" for row in task.rows)
    near = [part for string in task.strings
            for part in (string.split(",") if several and len(string) > 1 else [string])]
    questions = [question for string in near
                 for question in origins.near(string, task.options.seed,
                                              task.options.count // len(near) + 1)]
    expected = modelled(task, questions)
    differences = against_real(task, questions, expected) if task.command else []
    said, is_exact = ours(task.options.ask, task.preset, task.strings, task.flags,
                          task.credentials, questions)
    nothing = any(row["malformed"] == "nothing" for row in task.rows)
    more = differences_of_ours(said, is_exact, expected, nothing, questions)
    undecided = more if isinstance(more, str) else ""
    what = " ".join([task.preset, *["with credentials"] * task.credentials,
                     *[f"with flags {task.flags}"] * bool(task.flags), repr(task.strings)])
    return Compared(0 if isinstance(expected, str) else len(questions), isinstance(expected, str),
                    undecided, [f"{what}: {one}" for one in differences + (more if not undecided
                                                                           else [])], what)


def command_of(preset, rows, systems):
    """How the real one is asked; None: it cannot be here. May raise Missing for the model, too."""
    if any(row["dialect"] == "re2" for row in rows):
        systems.built()
    if rows[0]["known"] != "run":
        return None
    try:
        return systems.command(preset)
    except Missing as missing:
        print(f"SKIP {preset}, the real one: {missing}")
        return None


def tasks_of(presets, systems, options):
    for preset, rows in presets.items():
        if options.preset and preset not in options.preset:
            continue
        try:
            command = command_of(preset, rows, systems)
        except Missing as missing:
            print(f"SKIP {preset}: {missing}")
            continue
        strings = strings_for(rows, options.strings)
        for string in strings:
            yield Task(preset, rows, command, [string], False, "", options)
        for string in strings_for(rows, 2):
            yield Task(preset, rows, command, [string], True, "", options)
        if preset not in SINGLE:
            yield Task(preset, rows, command, [strings[0], strings[2]], False, "", options)
        if rows[0]["flags"] in ("given", "lasting"):
            for string in strings[:3]:
                yield Task(preset, rows, None, [string], False, "i", options)


def report(tasks, jobs):
    totals = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for task, found in zip(tasks, pool.map(compared, tasks)):
            total = totals.setdefault(task.preset, collections.Counter())
            total["asked"] += 1
            total["answers"] += found.answers
            total["refused"] += found.is_refused
            total["undecided"] += bool(found.undecided)
            total["differences"] += len(found.differences)
            total["real"] += task.command is not None
            for difference in found.differences[:5]:
                print("DIFFERENCE", difference)
            if found.undecided:
                print(f"UNDECIDED {found.what}: {found.undecided}")
    for preset, total in totals.items():
        print(f"{preset}: {total['asked']} configurations, {total['real']} of them of the real "
              f"one too; {total['refused']} refused, {total['undecided']} undecided; "
              f"{total['answers']} answers, {total['differences']} differences")
    return sum(total["differences"] for total in totals.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--strings", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--work")
    parser.add_argument("--ask", required=True)
    options = parser.parse_args()
    options.seen = {}
    with tempfile.TemporaryDirectory(prefix="corsim-presets-") as temporary:
        options.work = options.work or temporary
        print(f"seed {options.seed}, {options.count} origins for each configuration")
        tasks = list(tasks_of(model.rows_of_presets(), Systems(options.work), options))
        if not tasks:
            print("SKIP: nothing here can be asked")
            return 77
        differences = report(tasks, options.jobs)
        unnoticed = [wrong for wrong, seen in options.seen.items() if not seen]
        for wrong in unnoticed:
            print(f"UNNOTICED {wrong}")
        if options.spoil:
            print(f"{len(options.seen)} spoiled rows, {len(unnoticed)} of them unnoticed")
        return 1 if differences or unnoticed else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
