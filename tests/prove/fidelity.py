"""Holds the prover's engine against the real ones: fidelity.py PROGRAM PATTERNS SEED [ENGINE...]

Asks both about random patterns, until PATTERNS of them have been compared, each with SUBJECTS
texts. Both must give the same answers, and nothing that the real engine refuses may be accepted.
Where ours says that it over-approximates (`~`), it must accept whatever the real one does. Patterns
that only ours refuses are listed by construct. Without engines: all. PROGRAM is prove_match, and
PROVE_NATIVE in the environment is prove_native. Exit status: 1, something differs; 77, there is no
such engine. All of it, which takes some minutes for each:

    PROVE_NATIVE=$build/tests/prove/prove_native \\
        tests/prove/fidelity.py $build/tests/prove/prove_match 20000 1
"""
import collections
import os
import queue
import random
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from patterns import Patterns

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "engines")
SUBJECTS, BATCH, SHOWN, FAILURES = 50, 100, 12, 40
PATIENCE = 15 # seconds
# The column of dialects.tsv; what runs the engine; flags that are always there.
ENGINES = {
    "pcre2": ("pcre2", ["native", "pcre2"], ""),
    # Its JIT compiler has mistakes: prove/README.md.
    "php": ("pcre2", ["php", "-dpcre.jit=0", "pattern.php"], ""),
    "javascript": ("javascript", ["node", "pattern.mjs"], ""),
    "javascript-u": ("javascript-u", ["node", "pattern.mjs"], "u"),
    "javascript-v": ("javascript-v", ["node", "pattern.mjs"], "v"),
    "python": ("python", ["/usr/bin/python3", "pattern.py"], ""),
    "ruby": ("ruby", ["ruby", "pattern.rb"], ""),
    "go": ("go", ["go", "pattern.go"], ""),
    "java": ("java", ["java", "Engine.java"], ""),
    "perl": ("perl", ["perl", "pattern.pl"], ""),
    "posix-ere": ("posix-ere", ["native", "posix-ere"], ""),
}
MISTAKEN = {"mistaken": ("pcre2", ["native", "posix-ere"], "")} # which must not go well


class Program:
    """An engine that runs; questions are written by a thread of its own, so that nobody waits. One
    that does not answer in time, or ends, is started anew without the question."""

    def __init__(self, command):
        self.command, self.waiting, self.failures = command, collections.deque(), 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.questions, self.read = queue.Queue(), b""
        threading.Thread(target=write, args=(self.process.stdin, self.questions),
                         daemon=True).start()

    def ask(self, lines):
        self.waiting.extend(lines)
        self.questions.put(lines)

    def line(self):
        """The next one; None: it did not come."""
        until = time.monotonic() + PATIENCE
        while b"\n" not in self.read:
            ready, _, _ = select.select([self.process.stdout], [], [], until - time.monotonic())
            if not ready:
                return None
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                return None
            self.read += more
        line, self.read = self.read.split(b"\n", 1)
        return line.decode("utf-8", "replace")

    def answer(self):
        line = self.line()
        self.waiting.popleft()
        if line is None:
            self.process.kill()
            status, self.failures = self.process.wait(), self.failures + 1
            if self.failures > FAILURES:
                sys.exit(f"{self.command}: too often no answer; it ended with {status}")
            self.questions.put(None)
            self.start()
            self.questions.put(list(self.waiting))
        return line

    def close(self):
        self.questions.put(None)
        return self.process.wait()


def write(stream, questions):
    try:
        while (lines := questions.get()) is not None:
            stream.write("".join(lines).encode())
            stream.flush()
        stream.close()
    except BrokenPipeError:
        pass


def command_of(words, work):
    """How to run an engine; None: it is not here."""
    if words[0] == "native":
        return [os.environ["PROVE_NATIVE"], words[1]]
    if shutil.which(words[0]) is None:
        return None
    if words[0] == "go":
        made = os.path.join(work, "pattern")
        subprocess.run(["go", "build", "-o", made, os.path.join(HERE, words[1])], check=True)
        return [made]
    return [*words[:-1], os.path.join(HERE, words[-1])]


def construct_at(pattern, column):
    """What stands at a column: enough of it to tell which construct that is."""
    text = pattern.encode()[max(column - 1, 0):].decode("utf-8", "replace")
    if text[:2] == "(?":
        return text[:4] if text[2:3] in ("<", "P") else text[:3]
    return text[:2] if text[:1] in ("\\", "[", "{", "(") else text[:1]


def compare(ours, real):
    if ours is None or real is None:
        return "WRONG: no answer from ours" if ours is None else "no answer from the engine"
    if ours.startswith("error"):
        if real.startswith("error"):
            return "both refuse"
        return "only ours refuses" if "(not modelled)" in ours else "only ours calls it malformed"
    if real.startswith("error"):
        return "WRONG: only the engine refuses: " + real
    inexact = ours.endswith("~")
    if len(ours) - inexact != len(real):
        return f"WRONG: {ours} {real}"
    for o, r in zip(ours, real):
        if "?" not in (o, r) and o != r and not (inexact and o == "1"):
            return f"WRONG: over-approximation misses: {ours} {real}" if inexact \
                else f"WRONG: {ours} {real}"
    return "over-approximated" if inexact else "agree"


class Run:
    """One dialect's comparison."""

    def __init__(self, name, program, command, seed):
        self.name, (self.dialect, _, self.always) = name, (ENGINES | MISTAKEN)[name]
        self.rng = random.Random(f"{seed} {name}")
        self.source = Patterns(self.rng, self.dialect)
        self.ours, self.real = Program([program, self.dialect]), Program(command)
        self.tally, self.refused = collections.Counter(), {}
        self.accepted = self.answers = 0

    def ask(self):
        """A batch of questions, which are on their way."""
        asked, mine, theirs = [], [], []
        for _ in range(BATCH):
            match, flags, pattern, tree = self.source.question()
            subjects = [self.source.subject(tree, pattern) for _ in range(SUBJECTS)]
            rest = f"\t{pattern.encode().hex()}\t" + \
                ",".join([s.encode().hex() for s in subjects]) + "\n"
            mine.append(f"{match}\t{flags or '-'}{rest}")
            theirs.append(f"{match}\t{flags + self.always or '-'}{rest}")
            asked.append((match, flags, pattern, subjects))
        self.ours.ask(mine)
        self.real.ask(theirs)
        return asked

    def take(self, question):
        match, flags, pattern, subjects = question
        ours, real = self.ours.answer(), self.real.answer()
        verdict = compare(ours, real)
        kind = verdict.split(":")[0]
        self.tally[kind] += 1
        if kind in ("agree", "over-approximated"):
            self.accepted += real.count("1")
            self.answers += len(real)
        if kind.startswith("only ours"):
            _, column, why = ours.split(" ", 2)
            key = why, construct_at(pattern, int(column))
            self.refused.setdefault(key, [0, f"{match} {flags or '-'} {pattern!r}"])[0] += 1
        if kind == "WRONG" and self.tally["WRONG"] <= SHOWN:
            bad = next((s for s, o, r in zip(subjects, ours, real) if o != r), "")
            print(f"{self.name} {match} {flags or '-'} {pattern!r} at {bad!r}: {verdict[:160]}",
                  flush=True)

    def compared(self):
        return self.tally["agree"] + self.tally["over-approximated"] + self.tally["WRONG"]

    def go(self, count):
        """Batches overlap: while one is answered, the next is made."""
        asked, reported = self.ask(), time.monotonic()
        while asked:
            following = self.ask() if self.compared() < count else []
            for question in asked:
                self.take(question)
            asked = following
            if time.monotonic() - reported > 30:
                reported = time.monotonic()
                print(f"{self.name}: {self.compared()} of {count} patterns compared, "
                      f"{self.tally['WRONG']} wrong", flush=True)
        return self.ours.close() == 0 and self.real.close() == 0


def run(name, program, count, seed, work):
    """0, 1 or 77."""
    command = command_of((ENGINES | MISTAKEN)[name][1], work)
    if command is None:
        print(f"{name}: SKIP: there is no {(ENGINES | MISTAKEN)[name][1][0]} here")
        return 77
    one = Run(name, program, command, seed)
    ended = one.go(count)
    share = one.accepted / max(one.answers, 1)
    print(f"{name}: seed {seed}, {one.compared()} patterns compared, {SUBJECTS} subjects each, "
          f"{share:.0%} of them accepted: {dict(one.tally)}")
    for (why, construct), (times, example) in sorted(one.refused.items(), key=lambda i: -i[1][0]):
        why = why.replace("(not modelled) ", "undecided: ")
        print(f"  only ours refuses, {times} times: {construct!r}: {why}, as in {example}")
    if not .1 < share < .9:
        print(f"{name}: the subjects tell little: {share:.0%} are accepted")
    return int(not ended or one.tally["WRONG"] > 0 or not .1 < share < .9)


def main():
    program, count, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with tempfile.TemporaryDirectory() as work:
        results = [run(name, program, count, seed, work) for name in sys.argv[4:] or ENGINES]
    return 1 if 1 in results else 77 if 0 not in results else 0


sys.exit(main())
