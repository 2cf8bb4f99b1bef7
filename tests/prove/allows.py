"""What the patterns of corpus/validators let in, as globs: allows.py PROGRAM FOLDER

PROGRAM holds the globs against PCRE2, near and far from their members; here every pattern of the
corpus that means the same in PCRE2 is asked about, and some for which the globs are known.
"""
import glob
import os
import subprocess
import sys

from corpus import blocks

KNOWN = [
    ("search", r".*", ["all of *"]),
    ("search", r"^https?://", ["all of *://*"]),
    ("search", r"example\.com$", ["all of *://*example.com"]),
    ("search", r"^https://example\.com", ["all of https://example.com*"]),
    ("full", r"https://.*\.example\.com", ["all of https://*.example.com"]),
    ("full", r"https://[a-z]+\.example\.com", ["in https://*.example.com"]),
    ("full", r"https://(.+\.)?example\.com",
     ["all of https://example.com", "all of https://*.example.com"]),
    ("full", r"http://localhost(:[0-9]+)?",
     ["all of http://localhost", "all of http://localhost:*"]),
    ("full", r"https://a\.example|null", ["all of https://a.example", "all of null"]),
    ("full", r"nothing", []),
]
UNSEEN = ("ruby", "posix-ere") # where ^, \z or brackets may mean something else


def ask(program, words):
    made = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    lines = made.stdout.split("\n")[:-1]
    return made.returncode, lines, made.stderr


def main():
    program, folder = sys.argv[1:3]
    asked = wrong = 0
    questions = []
    for path in sorted(glob.glob(os.path.join(folder, "*.validator"))):
        entry = blocks(path)
        for variant in ("vulnerable", "fixed"):
            check = entry.get(variant, [""])
            words = check[0].split()
            if words[:1] != ["regex"] or words[-1] == "matched" or words[1] in UNSEEN:
                continue
            flags = words[3] if len(words) > 3 else "-"
            origins = [o for o in entry["intend"] + entry.get("witness", []) if "*" not in o]
            questions.append([words[2], flags, check[1], *origins])
    for words in questions:
        status, lines, errors = ask(program, words)
        asked += 1
        print(words[2], *lines, sep="\n    ")
        if status != 0 or not any(line.startswith("that is all") for line in lines):
            wrong += 1
            print("WRONG", words, status, errors)
    for match, pattern, wanted in KNOWN:
        status, lines, errors = ask(program, [match, "-", pattern])
        found = [" ".join(l.split("\t")[:2]) for l in lines if l.startswith(("all of", "in\t"))]
        if status != 0 or sorted(found) != sorted(wanted):
            wrong += 1
            print("WRONG", pattern, *lines, "instead of", *wanted, errors, sep="\n    ")
    print(f"{asked} patterns of the corpus, {len(KNOWN)} more; {wrong} wrong")
    return 1 if wrong or asked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
