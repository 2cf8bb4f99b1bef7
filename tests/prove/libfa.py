"""Holds the prover against libfa: libfa.py LIBFA-PROGRAM FOLDER PAIRS SEED

Asks about every pattern of the corpus in FOLDER and about random ones, each with an intent: whether
there is a witness, and how short it is. Those that libfa cannot say are counted.
"""
import collections
import random
import subprocess
import sys

import corpus
import exhaust


def main():
    program, folder, pairs, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    asked = [(f"{name} {variant}", line) for name, variant, line, _ in corpus.questions(folder)]
    known, source = len(asked), exhaust.Pairs(random.Random(seed))
    for _ in range(pairs):
        match, _, pattern, entries = source.pair()
        asked.append((pattern, "\t".join(["pcre2", match, "-", pattern.encode().hex(), *entries])))
    made = subprocess.run([program], input="".join(line + "\n" for _, line in asked),
                          capture_output=True, text=True, check=False)
    answers = made.stdout.split("\n")[:-1]
    tally = collections.Counter(answer.split(":")[0] for answer in answers)
    for (name, line), answer in zip(asked, answers):
        if answer.startswith("WRONG"):
            print(f"{answer}: {name}: {line}")
    print(f"{known} patterns of the corpus, {pairs} random ones of seed {seed}: {dict(tally)}")
    if made.returncode != 0 or len(answers) != len(asked):
        print(f"not all were answered: {made.returncode} {made.stderr[-500:]}")
        return 1
    few = tally["agree PROVEN"] * 10 < len(asked) or tally["agree BYPASS"] * 10 < len(asked)
    return int(few or any(answer.startswith("WRONG") for answer in answers))


sys.exit(main())
