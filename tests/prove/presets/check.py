#!/usr/bin/python3
# check.py [--preset NAME]... [--seed N] [--count N] [--strings N] [--work FOLDER] [--jobs N]
# [--spoil]: every preset that spec-tables/presets.tsv says is known by running it is asked,
# configured with each of some strings, with and without credentials, about `count` origins near the
# string; the model (model.py) must answer the same. Prints a line for each preset and each
# difference. Builds what must be built into the work folder, a temporary one if none is named, and
# installs the npm packages there when CORSIM_PRESETS_NPM=1, or uses CORSIM_PRESETS_NODE. With
# --spoil it also counts which rows with one cell changed would have been noticed, and says which
# would not. Exits 0 without a difference, 1 with one, 77 if nothing could be asked.
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


class Missing(Exception):
    """What a preset needs to be asked is not there."""


def run_once(work, name, command):
    """Runs a script that builds into a folder; its last word when it cannot is why."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Missing((done.stdout + done.stderr).strip().splitlines()[-1])
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


def asked(command, preset, string, credentials, questions):
    """The answers of the real one; "refused" if it did not start, "error" if it fell over."""
    done = subprocess.run([*command, preset, *["--credentials"] * credentials, string],
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
    dialects = {row["dialect"] for row in rows} - {"any", ""}
    chosen = LISTS[:most] if dialects & {"literal", "glob"} or not dialects else []
    return chosen + (PATTERNS[:most] if dialects - {"literal", "glob"} else [])


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
        yield {**row, "flags": "" if row["flags"] else "i"}
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
        ours = model.answers([{**wrong, "when": ""}], string, credentials, questions, work)
        yield f"{row['preset']} ({row['when'] or '-'}): {cell}", real != ours


def compared(task):
    command, preset, rows, string, credentials, options = task
    questions = origins.near(string, options.seed, options.count)
    real, said = asked(command, preset, string, credentials, questions)
    ours = model.answers(rows, string, credentials, questions, options.work)
    if options.spoil:
        for wrong, seen in noticed(rows, string, credentials, questions, real, options.work):
            options.seen[wrong] = options.seen.get(wrong, False) or seen
    what = f"{preset} {'with credentials ' if credentials else ''}{string!r}"
    if isinstance(real, str) or isinstance(ours, str):
        if real == ours:
            return len(questions), [], isinstance(real, str)
        last = said.strip().splitlines()[-1:] or [""]
        brief = [verdict if isinstance(verdict, str) else "answers" for verdict in (real, ours)]
        return 0, [f"{what}: real {brief[0]} ({last[0][:150]}), model {brief[1]}"], False
    differences = [f"{what} asked {q!r}: real {a!r}, model {b!r}"
                   for q, a, b in zip(questions, real, ours) if a != b]
    return len(questions), differences, False


def tasks_of(presets, systems, options):
    for preset, rows in presets.items():
        if rows[0]["known"] != "run" or (options.preset and preset not in options.preset):
            continue
        try:
            command = systems.command(preset)
            if any(row["dialect"] == "re2" for row in rows):
                systems.built()
        except Missing as missing:
            print(f"SKIP {preset}: {missing}")
            continue
        for string in strings_for(rows, options.strings):
            yield command, preset, rows, string, False, options
        for string in strings_for(rows, 2):
            yield command, preset, rows, string, True, options


def report(tasks, jobs):
    totals = collections.defaultdict(lambda: [0, 0, 0, 0])
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for task, (count, differences, refused) in zip(tasks, pool.map(compared, tasks)):
            total = totals[task[1]]
            total[0] += 1
            total[1] += 0 if refused else count
            total[2] += refused
            total[3] += len(differences)
            for difference in differences[:5]:
                print("DIFFERENCE", difference)
    for preset, (strings, count, refused, differences) in totals.items():
        print(f"{preset}: {strings} configurations, {refused} of them refused by both, "
              f"{count} answers, {differences} differences")
    return sum(total[3] for total in totals.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--strings", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--work")
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
