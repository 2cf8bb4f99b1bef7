"""Repairs of the patterns of corpus/validators: repair.py PROGRAM FOLDER

Every vulnerable pattern must get a repair that is proven, that takes in the real engine what is
intended and was taken, and that refuses there the entry's witnesses. How each was found is printed.
The patterns of REPAIRS must get just what stands there.
"""
import glob
import os
import subprocess
import sys

from corpus import blocks

REPAIRS = [
    (["javascript", "search", "-", r"example\.com$", "https://example.com"],
     r"^https://example\.com$"),
    (["javascript", "search", "-", r"^https:\/\/example\.com", "https://example.com"],
     r"^https:\/\/example\.com$"),
    (["pcre2", "search", "-", r"^https://a\.example|https://b\.example$", "https://a.example",
      "https://b.example"], r"^(?:https://a\.example|https://b\.example)$"),
    (["python", "full", "-", r"https://example.com|null", "https://example.com"],
     r"https://example\.com"),
    (["go", "search", "-", r"^https?://example\.com$", "https://example.com"],
     r"^https://example\.com$"),
    (["javascript", "search", "-", r"^https://.*example\.com$", "https://example.com",
      "https://*.example.com"], r"^https://(?:[a-z0-9-]+\.)*example\.com$"),
    (["pcre2", "search", "-", r"^https://example[.-]com$", "https://example.com"],
     r"^https://example\.com$"),
    (["pcre2", "search", "x", r"^https://example.com$ # ours", "https://example.com"],
     r"^https://example\.com$"),
    (["posix-ere", "search", "-", r"example.com", "https://example.com:*", "http://example.com:*"],
     r"^https?://example\.com(:[0-9]+)?$"),
    (["javascript-v", "search", "-", r"^https?://.*$", "https://*.example.com", "null"],
     r"^(?:https://(?:[a-z0-9\-]+\.)+example\.com|null)$"),
    (["flask-cors", "preset", "-", "https://*.example.com", "https://*.example.com"],
     r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.example\.com$"),
    (["laravel-patterns", "preset", "-", "#^https://example.com#i", "https://example.com"],
     r"#^https://example\.com$#i"),
    (["gin-regex", "preset", "-", "/^https://example.com/", "https://example.com"],
     r"/^https://example\.com$/"),
    (["hapi", "preset", "-", "https://*example.com", "https://*.example.com"],
     "https://*.example.com"),
    (["starlette-list", "preset", "-", "*", "https://a.example", "https://b.example:8443"],
     "https://a.example https://b.example:8443"),
    (["envoy-prefix", "preset", "-", "https://example.com", "https://example.com"],
     "it compares a part of the origin, and anything may stand beside that: configure something "
     "that compares whole origins"),
    (["express-string", "preset", "-", "*", "https://a.example", "https://b.example"],
     "it sends what is configured to everybody, so it can let in one origin: configure a list, or "
     "a function that answers with the origin where that is meant"),
]
PLACE = {"php": "pcre2", "js": "javascript"}


def ask(program, words):
    made = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    lines = made.stdout.split("\n")
    if made.returncode not in (0, 1) or len(lines) < 2:
        return "crash", "0", made.stdout + made.stderr, []
    kind, tried, reason = lines[0].split("\t")
    return kind, tried, lines[1] if kind != "none" else reason, lines[2:]


def corpus_questions(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.validator"))):
        entry = blocks(path)
        check = entry.get("vulnerable", [""])
        words = check[0].split()
        if words[:1] != ["regex"] or words[-1] == "matched":
            continue
        yield os.path.basename(path), [PLACE.get(words[1], words[1]), words[2],
                                       words[3] if len(words) > 3 else "-", check[1],
                                       *entry["intend"], *("!" + w for w in entry["witness"])]


def main():
    program, folder = sys.argv[1:3]
    kinds, wrong, silent = {}, 0, 0
    for name, words in corpus_questions(folder):
        kind, tried, pattern, rest = ask(program, words)
        kinds[kind] = kinds.get(kind, 0) + 1
        print(f"{kind:7} {tried:>3} {name[:-10]:24} {words[3]}\n{'':37}{pattern}")
        silent += any(line.startswith("no engine") for line in rest)
        bad = [line for line in rest if line.startswith("WRONG")]
        if kind not in ("edited", "anew") or bad:
            wrong += 1
            print("WRONG", words, *rest, sep="\n  ")
    for words, wanted in REPAIRS:
        kind, _, pattern, rest = ask(program, words)
        if pattern != wanted or any(line.startswith("WRONG") for line in rest):
            wrong += 1
            print("WRONG", words, kind, pattern, "instead of", wanted, *rest, sep="\n  ")
    print(f"{kinds} of the corpus, {silent} without an engine, {len(REPAIRS)} more; {wrong} wrong")
    return 1 if wrong or not kinds else 0


if __name__ == "__main__":
    sys.exit(main())
