"""Holds the prover's engine against the real ones: fidelity.py MATCH-PROGRAM PATTERNS SEED [DIALECT...]

Random patterns and subjects of printable ASCII; both must give the same answers, and nothing that
the real engine refuses may be accepted. Where ours says that it over-approximates (`~`), it must
accept whatever the real one does. Prints the seed, and each disagreement.
"""
import collections
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "engines")
SUBJECTS = 50
LETTERS = "abcZ019-._/:"
ESCAPES = "dDwWsSbBAzZntrfvaehHRNXKGQExupcg.*-/_@#&<>'` \\"


def engines(native, go):
    file = lambda name: os.path.join(HERE, name)
    return {
        "pcre2": ([native, "pcre2"], "imsx", ""),
        "javascript": (["node", file("pattern.mjs")], "ims", ""),
        "javascript-u": (["node", file("pattern.mjs")], "ims", "u"),
        "javascript-v": (["node", file("pattern.mjs")], "ims", "v"),
        "python": (["python3", file("pattern.py")], "imsx", ""),
        "ruby": (["ruby", file("pattern.rb")], "imx", ""),
        "go": ([go], "ims", ""),
        "java": (["java", file("Engine.java")], "imsx", ""),
        "posix-ere": ([native, "posix-ere"], "i", ""),
        "perl": (["perl", file("pattern.pl")], "imsx", ""),
    }


def class_of(rng):
    items = []
    for _ in range(rng.randint(0, 3)):
        items.append(rng.choice([
            rng.choice(LETTERS), "a-c", "0-9", "-", "^", "\\" + rng.choice(ESCAPES), "[:alpha:]",
            "[:%s:]" % rng.choice(["digit", "punct", "^alnum", "word", "space", "upper"]), "a-\\d",
            "\\w-z", "[", "]", "&&", "#", " ", "b-c-e", "%--"]) if rng.random() < .6
            else rng.choice(LETTERS))
    return "[" + rng.choice(["", "", "^"]) + "".join(items) + "]"


def atom(rng, depth):
    kind = rng.random()
    if kind < .5:
        return rng.choice(LETTERS)
    if kind < .6:
        return "."
    if kind < .7:
        return class_of(rng)
    if kind < .8:
        return "\\" + rng.choice(ESCAPES)
    if kind < .84:
        return rng.choice(["^", "$", "\\b", "\\B", "]", "}", "{", "{,", "é", "#", " ", "\\1",
                           "\\x61", "\\u0062", "\\Qa.b\\E", "\\0", "(?#c)"])
    if depth == 0:
        return "a"
    opening = rng.choice(["(", "(", "(?:", "(?:", "(?i:", "(?i)", "(?x)", "(?<n>", "(?P<n>", "(?>",
                          "(?=", "(?!", "(?<=", "(?<!", "(?-i:", "(?s-i:", "(?m)"])
    if opening.endswith(")"):
        return opening
    return opening + choice(rng, depth - 1) + ")"


def choice(rng, depth):
    branches = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        text = ""
        for _ in range(rng.randint(0 if depth < 2 else 1, 4)):
            text += atom(rng, depth)
            if rng.random() < .25:
                text += rng.choice(["*", "+", "?", "{2}", "{1,2}", "{0,}", "{,2}", "{2,1}", "{a}",
                                    "{ 1}"]) + rng.choice(["", "", "", "?", "+", "*", "{2}"])
        branches.append(text)
    return "|".join(branches)


def subject(rng, pattern):
    text = ""
    for _ in range(rng.randint(1, 7)):
        text += rng.choice(pattern) if rng.random() < .4 else rng.choice(LETTERS + "AB e#{}[]")
    text = "".join(c for c in text if " " <= c <= "~")
    return text or "a"


def ask(command, lines):
    text = "".join(lines)
    made = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    answers = made.stdout.decode("utf-8", "replace").split("\n")[:-1]
    if len(answers) != len(lines):
        sys.exit(f"{command[0]}: {len(answers)} answers to {len(lines)} questions: "
                 f"{made.stderr.decode('utf-8', 'replace')[-500:]}")
    return answers


def compare(question, ours, real):
    if ours.startswith("error"):
        return "both refuse" if real.startswith("error") else "only ours refuses"
    if real.startswith("error"):
        return "WRONG: only the engine refuses: " + real
    if ours.endswith("~"):
        wrong = any(r == "1" and o != "1" for o, r in zip(ours, real))
        return "WRONG: over-approximation misses" if wrong else "over-approximated"
    return "agree" if ours == real else f"WRONG: {ours} {real}"


def main():
    program, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    all_engines = engines(os.environ["PROVE_NATIVE"], os.environ["PROVE_GO"])
    wrong = 0
    for dialect in sys.argv[4:] or all_engines:
        command, letters, always = all_engines[dialect]
        if shutil.which(command[0]) is None:
            print(f"{dialect}: SKIP: there is no {command[0]} here")
            continue
        rng = random.Random(f"{seed} {dialect}")
        mine, theirs, patterns = [], [], []
        while len(mine) < count:
            pattern = choice(rng, 2)
            if not pattern or (len(pattern) > 60):
                continue
            flags = "".join(f for f in letters if rng.random() < .15)
            match = rng.choice(["search", "prefix", "full"])
            if "(?x" in pattern and "#" in pattern:
                match = "search" # a comment would take in what the others put behind the pattern
            subjects = ",".join(subject(rng, pattern).encode().hex() for _ in range(SUBJECTS))
            rest = f"\t{pattern.encode().hex()}\t{subjects}\n"
            mine.append(f"{match}\t{flags or '-'}{rest}")
            theirs.append(f"{match}\t{(flags + always) or '-'}{rest}")
            patterns.append((match, flags, pattern, subjects))
        tally = collections.Counter()
        shown = 0
        why = collections.Counter()
        for question, ours, real in zip(patterns, ask([program, dialect], mine),
                                        ask(command, theirs)):
            verdict = compare(question, ours, real)
            tally[verdict.split(":")[0]] += 1
            if verdict == "only ours refuses":
                why[ours.split(" ", 2)[2]] += 1
            if verdict.startswith("WRONG"):
                wrong += 1
                shown += 1
                if shown <= 12:
                    bad = next((bytes.fromhex(s) for s, o, r in
                                zip(question[3].split(","), ours, real) if o != r), b"")
                    print(f"{dialect} {question[0]} {question[1] or '-'} {question[2]!r} "
                          f"at {bad!r}: {verdict[:160]}")
        print(f"{dialect}: seed {seed}, {count} patterns, {SUBJECTS} subjects each: {dict(tally)}")
        for reason, times in why.most_common(30 if os.environ.get("PROVE_LIST") else 0):
            print(f"  refused by ours only: {times} {reason}")
    return 1 if wrong else 0


sys.exit(main())
