"""Asks the prover about every pattern of corpus/validators: corpus.py ASK FOLDER

A vulnerable one must have a witness, none longer behind the scheme than the known ones; a fixed one
and a true negative must be proven.
"""
import glob
import os
import re
import subprocess
import sys

ALIASES = {"php": "pcre2"}


def blocks(path):
    text = open(path, encoding="utf-8").read()
    parts = re.split(r"^-- ([a-z]+) --\n", text, flags=re.M)
    return {name: [l for l in body.split("\n") if l] for name, body in zip(parts[1::2], parts[2::2])}


def behind(origin):
    return len(origin.split("://")[-1])


def main():
    ask, folder = sys.argv[1:3]
    wrong = asked = 0
    for path in sorted(glob.glob(os.path.join(folder, "*.validator"))):
        entry = blocks(path)
        for variant in ("vulnerable", "fixed"):
            check = entry.get(variant, [""])
            if not check[0].startswith("regex "):
                continue
            words = check[0].split()
            if words[-1] == "matched": # what is answered, not whether, is the question there
                continue
            asked += 1
            made = subprocess.run([ask, ALIASES.get(words[1], words[1]), words[2],
                                   words[3] if len(words) > 3 else "-", check[1], *entry["intend"]],
                                  capture_output=True, text=True, check=False).stdout
            lines = made.split("\n")
            verdict = lines[0].split(" ")[0]
            if variant == "fixed":
                fine = verdict == "PROVEN"
            else:
                found = [behind(l.split("\t")[-1]) for l in lines[1:] if l]
                fine = verdict == "BYPASS" and min(found) <= min(map(behind, entry["witness"]))
            if not fine:
                wrong += 1
                print(f"{os.path.basename(path)} {variant}: {check}\n{made}")
    print(f"{asked} patterns, {wrong} wrong")
    return 1 if wrong or asked == 0 else 0


sys.exit(main())
