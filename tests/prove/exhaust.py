"""Enumerates short origins against the prover: exhaust.py ASK MATCH-PROGRAM PAIRS SEED

Random patterns over a small alphabet, each with an intent; every origin https:// and up to LENGTH
bytes of the alphabet is tried. None that is a witness may be shorter than the prover's shortest,
and none may be there where it said that there is none.
"""
import itertools
import random
import subprocess
import sys

ALPHABET, LENGTH = "ab.-", 5
HOSTS = ["".join(h) for n in range(1, LENGTH + 1) for h in itertools.product(ALPHABET, repeat=n)]
INTENDED = ["a", "b.a", "*.a", "ab", "*.b.a", "a.b"]


def piece(rng, depth):
    kind = rng.random()
    if kind < .55 or depth == 0:
        text = rng.choice(["a", "b", "\\.", "-", ".", "[ab]", "[^a]", "[a-]", "\\w", "\\b", "\\B"])
    else:
        text = "(" + "|".join(sequence(rng, depth - 1) for _ in range(rng.randint(1, 2))) + ")"
    return text + (rng.choice(["*", "+", "?", "{2}", "{1,2}"])
                   if rng.random() < .3 and text not in ("\\b", "\\B") else "")


def sequence(rng, depth):
    return "".join(piece(rng, depth) for _ in range(rng.randint(1, 4)))


def holds(entry, host):
    return host.endswith(entry[1:]) if entry.startswith("*") else host == entry


def main():
    ask, program, pairs, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    rng = random.Random(seed)
    wrong = 0
    verdicts = {}
    for _ in range(pairs):
        pattern = rng.choice(["^https://", "https://", "^https?://", ""]) + sequence(rng, 2) + \
            rng.choice(["$", "$", "", "\\b"])
        match = rng.choice(["search", "prefix", "full"])
        intent = rng.sample(INTENDED, rng.randint(1, 3))
        entries = [f"{s}://{e}" for e in intent for s in ("https", "http")]
        made = subprocess.run([ask, "pcre2", match, "-", pattern, *entries], capture_output=True,
                              text=True, check=False).stdout.split("\n")
        subjects = ",".join(f"https://{h}".encode().hex() for h in HOSTS)
        bits = subprocess.run([program, "pcre2"], input=f"{match}\t-\t{pattern.encode().hex()}\t"
                              f"{subjects}\n", capture_output=True, text=True, check=False).stdout.strip()
        there = [h for h, b in zip(HOSTS, bits) if b == "1" and not any(holds(e, h) for e in intent)]
        found = [len(l.split("\t")[-1].split("://")[1]) for l in made[1:] if "://" in l]
        verdict = made[0].split(" ")[0]
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
        shortest = min(map(len, there), default=None)
        if (verdict == "PROVEN" and there) or \
                (verdict == "BYPASS" and there and min(found, default=99) > shortest):
            wrong += 1
            print(pattern, match, intent, verdict, found, there[:3])
    print(f"seed {seed}, {pairs} pairs, {len(HOSTS)} hosts each: {verdicts}, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(main())
