"""Enumerates short origins against the prover: exhaust.py PROGRAM PAIRS SEED LENGTH [WORD...]

Random patterns over small alphabets, each with an intent; every sendable origin with up to LENGTH
bytes of the alphabet behind its scheme is tried by PCRE2. None that is a witness may be shorter
than the prover's shortest, of all and of its tier (WORDs: all, tier and, which is only counted
unless it is asked for, class); none may be there where the prover said that there is none; each of
the prover's must be one; and what it says of entries whose origins are all refused must be so.
PROGRAM is prove_exhaust. MISTAKEN in the environment asks the prover something else.
"""
import collections
import os
import random
import subprocess
import sys

ALPHABETS = ["ab.-", "ab.:1", "a.0-1", "ab._", "a.cmo"]
QUANTIFIERS = ["*", "+", "?", "{2}", "{1,2}", "*?", "{0,2}"]
HOSTS = {
    "ab.-": ["a", "b.a", "*.a", "ab", "*.b.a", "a.ba", "*.ba", "a-b"],
    "ab.:1": ["a", "b.a", "*.a", "a:1", "b:*", "*.a:11", "a.ba"],
    "a.0-1": ["a", "a.a", "*.a", "a0", "0.a", "a-1"],
    "ab._": ["a", "b.a", "*.a", "a_b", "*.b.a", "a.ba"],
    "a.cmo": ["a.com", "*.a.com", "m.co", "a", "*.mc"]}


class Pairs:
    """A source of patterns and intents."""

    def __init__(self, rng):
        self.rng, self.groups = rng, 0

    def piece(self, alphabet, depth):
        rng, kind = self.rng, self.rng.random()
        letters = alphabet.replace(".", "")
        if kind < .5 or depth == 0:
            return rng.choice([*letters, *letters, "\\.", "\\.", ".", "[a-]", "\\w", "\\d",
                               f"[{letters}.]".replace("-", ""),
                               f"[^{rng.choice(letters).replace('-', '.')}]"])
        if kind < .56:
            return rng.choice(["\\b", "\\B", "^", "$"])
        if kind < .62:
            inside = self.sequence(alphabet, depth - 1)
            return rng.choice(["(?={})", "(?!{})", "(?={}$)", "(?!{}$)"]).format(inside)
        if kind < .66:
            behind = rng.choice([*letters, "\\.", "/", "."])
            return rng.choice(["(?<={})", "(?<!{})"]).format(behind)
        if kind < .70 and self.groups > 0:
            return f"\\{rng.randint(1, self.groups)}"
        if kind < .72:
            return f"(?>{self.sequence(alphabet, depth - 1)})"
        self.groups += 1
        return "(" + "|".join(self.sequence(alphabet, depth - 1)
                              for _ in range(rng.randint(1, 2))) + ")"

    def sequence(self, alphabet, depth):
        text = ""
        for _ in range(self.rng.randint(1, 4)):
            piece = self.piece(alphabet, depth)
            quantified = self.rng.random() < .3 and not piece.startswith("(?")
            text += piece + (self.rng.choice(QUANTIFIERS)
                             if quantified and piece not in ("\\b", "\\B", "^", "$") else "")
        return text

    def near(self, hosts):
        """An entry of the intent as a pattern, seldom without a mistake."""
        rng, text = self.rng, ""
        for byte in rng.choice(hosts):
            quoted = {".": "\\.", "*": "[^:]*", ":": ":"}.get(byte, byte)
            text += rng.choice([".", "", quoted + "?", f"({quoted})"]) if rng.random() < .06 \
                else quoted
        return text

    def pair(self):
        rng = self.rng
        self.groups = 0
        alphabet = rng.choice(ALPHABETS)
        hosts = rng.sample(HOSTS[alphabet], rng.randint(1, 3))
        if rng.random() < .5:
            body = "|".join(self.near(hosts) for _ in range(rng.randint(1, 2)))
            body = f"({body})" if "|" in body and rng.random() < .7 else body
        else:
            body = self.sequence(alphabet, 2)
        pattern = rng.choice(["^https://", "^https://", "https://", "^https?://", ""]) + body + \
            rng.choice(["$", "$", "$", "", "\\b"])
        entries = [f"{s}://{h}" for h in hosts for s in ("https", "http")]
        return rng.choice(["search", "search", "prefix", "full"]), alphabet, pattern, entries


def main():
    program, pairs, seed, length = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    kinds = (sys.argv[5:] or ["all", "tier"]) + ["no", "refused"]
    source = Pairs(random.Random(seed))
    asked = sorted((source.pair() for _ in range(pairs)), key=lambda pair: pair[1])
    lines = "".join("\t".join([match, alphabet, pattern.encode().hex(), *entries]) + "\n"
                    for match, alphabet, pattern, entries in asked)
    command = [program, length] + (["mistaken"] if os.environ.get("MISTAKEN") else [])
    made = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    answers = made.stdout.split("\n")[:-1]
    verdicts, wrong = collections.Counter(), collections.Counter()
    for pair, answer in zip(asked, answers):
        verdict, *reasons = answer.split("\t")
        verdicts[verdict] += 1
        for reason in reasons:
            kind = reason.split()[0].rstrip(":,")
            wrong[kind] += 1
            if wrong[kind] <= 5 and kind in kinds:
                print(f"WRONG: {pair}: {verdict}, but {reason}")
    print(f"seed {seed}, {pairs} pairs, origins of up to {length} bytes: {dict(verdicts)}; "
          f"wrong: {dict(wrong)}")
    if made.returncode != 0 or len(answers) != pairs or verdicts["PROVEN"] * 10 < pairs:
        print(f"not all were answered, or too few were proven: {made.returncode} "
              f"{made.stderr[-500:]}")
        return 1
    return int(any(wrong[kind] for kind in kinds))


if __name__ == "__main__":
    sys.exit(main())
