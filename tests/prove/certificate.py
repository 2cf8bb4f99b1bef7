"""Certificates of `corsim prove`: certificate.py CORSIM VALIDATORS SOURCE [EACH]

Of each pattern of corpus/validators a certificate is written, and must hold. Then each of its lines
is taken out, doubled, exchanged with the next and changed in a byte, and the claim is changed in
many ways: none of these may hold. Of each EACHth certificate (every one, without EACH) the same is
done with the right sum at its end: then one may hold only if `corsim prove` says the same of what
it claims. Certificates that are none, or hostile, end soon, in words.
"""
import glob
import os
import random
import re
import subprocess
import sys
import tempfile

CORSIM, VALIDATORS, SOURCE = sys.argv[1:4]
EACH = int(sys.argv[4]) if len(sys.argv) > 4 else 1
MOST_PROVEN = 6  # of those that hold with another sum, of one certificate
ALLOWED = {"commands.h", "options.h", "host_bytes.h", "dialects.h", "verify_pattern.h"}
failures = []


def fail(*words):
    failures.append(words)
    print("WRONG:", *words)


def run(*arguments):
    return subprocess.run([CORSIM, *arguments], capture_output=True, text=True, timeout=120,
                          check=False)


def blocks(path):
    parts = re.split(r"^-- ([a-z]+) --\n", open(path, encoding="utf-8").read(), flags=re.M)
    return {name: [l for l in body.split("\n") if l] for name, body in zip(parts[1::2], parts[2::2])}


def questions():
    for path in sorted(glob.glob(os.path.join(VALIDATORS, "*.validator"))):
        entry = blocks(path)
        for variant in ("vulnerable", "fixed"):
            check = entry.get(variant, [""])
            words = check[0].split()
            if words[:1] != ["regex"] or words[-1] == "matched":
                continue
            flags = words[3] if len(words) > 3 else ""
            name = os.path.basename(path)[:-len(".validator")] + "-" + variant
            yield name, words[1], words[2], flags, [check[1]], entry["intend"]


def ask(file, dialect, match, flags, patterns, intents, profile="all"):
    arguments = ["prove", "--dialect", dialect, "--match", match, "--engine", profile]
    if file is not None:
        arguments += ["--certificate", file]
    if flags:
        arguments += ["--flags", flags]
    for intent in intents:
        arguments += ["--intend", intent]
    return run(*arguments, "--", *patterns)


def summed(lines):
    """The lines, whose last is the sum, with the right one."""
    text = "".join(line + "\n" for line in lines[:-1]).encode("latin-1")
    total = 14695981039346656037
    for byte in text:
        total = (total ^ byte) * 1099511628211 % (1 << 64)
    return lines[:-1] + ["sum %016x" % total]


def mutations(lines, source):
    for at, line in enumerate(lines):
        yield lines[:at] + lines[at + 1:]
        yield lines[:at] + [line] + lines[at:]
        if at + 1 < len(lines):
            yield lines[:at] + [lines[at + 1], line] + lines[at + 2:]
        place = source.randrange(len(line)) if line else 0
        byte = chr(source.choice([b for b in range(0x20, 0x7F) if chr(b) != line[place:place + 1]]))
        yield lines[:at] + [line[:place] + byte + line[place + 1:]] + lines[at + 1:]


def changes_of_meaning(lines):
    """Each word of the claim, as other words."""
    others = {"profile": ["abnf", "url", "chromium", "firefox", "webkit", "browser"],
              "dialect": ["pcre2", "javascript", "python", "ruby", "go", "posix-ere", "perl", "java"],
              "match": ["search", "prefix", "full"], "flags": ["-", "i"],
              "verdict": ["PROVEN", "BYPASS"]}
    for at, line in enumerate(lines):
        word, _, value = line.partition(" ")
        for other in others.get(word, []):
            if other != value:
                yield lines[:at] + [word + " " + other] + lines[at + 1:]
        if word == "pattern":
            for k in range(len(value)):
                yield lines[:at] + ["pattern " + value[:k] + value[k + 1:]] + lines[at + 1:]
            for old, new in (("\\.", "."), ("$", ""), ("^", ""), ("+", "*"), ("(", "(.*"), (")", "|)")):
                yield lines[:at] + ["pattern " + value.replace(old, new)] + lines[at + 1:]
        if word == "intend":
            yield lines[:at] + lines[at + 1:]
            yield lines[:at + 1] + ["intend https://other.example"] + lines[at + 1:]
            yield lines[:at] + [line.replace("https://", "http://")] + lines[at + 1:]
        if word == "witness":
            for other in ("https://evil.example", "null", value + ".", value[:-1]):
                yield lines[:at] + ["witness " + other] + lines[at + 1:]


def holding(folder, certificates):
    """Which of them hold; asked together."""
    names = []
    for number, lines in enumerate(certificates):
        names.append(os.path.join(folder, "m%d" % number))
        with open(names[-1], "w", encoding="latin-1") as file:
            file.write("".join(line + "\n" for line in lines))
    held = []
    for start in range(0, len(names), 500):
        ended = run("verify-certificate", *names[start:start + 500])
        if ended.returncode not in (0, 1, 2) or "runtime error" in ended.stderr:
            fail("status", ended.returncode, ended.stderr[-500:])
        found = set(re.findall(r"^(\S+) holds: ", ended.stdout, flags=re.M))
        held += [c for n, c in zip(names[start:], certificates[start:start + 500]) if n in found]
        if ended.stderr.count("\n") + len(found) != len(names[start:start + 500]):
            fail("not every file is answered", len(found), ended.stderr.count("\n"))
    return held


def is_true(lines):
    """Whether the prover says the same of the claim. A star as a port is said with its host."""
    value = {}
    for line in lines:
        word, _, rest = line.partition(" ")
        value.setdefault(word, []).append(rest)
    profile = {"url": "spec", "browser": "all"}.get(value["profile"][0], value["profile"][0])
    flags = value["flags"][0].strip("-")
    intents = value.get("intend", ["https://nobody.invalid"])
    intents = [i for i in intents if i + ":*" not in intents]
    if profile == "abnf":
        profile = "all"
    ended = ask(None, value["dialect"][0], value["match"][0], flags, value["pattern"], intents, profile)
    verdict = value["verdict"][0]
    return ended.returncode == (0 if verdict == "PROVEN" else 1), ended


def check_corpus(folder, source):
    total = kept = 0
    for number, question in enumerate(questions()):
        name, dialect, match, flags, patterns, intents = question
        file = os.path.join(folder, name)
        asked = ask(file, dialect, match, flags, patterns, intents)
        expected = 0 if name.endswith("-fixed") else 1
        if asked.returncode != expected or not os.path.exists(file):
            fail(name, "prove ends with", asked.returncode, asked.stderr)
            continue
        if run("verify-certificate", file).returncode != 0:
            fail(name, "its certificate does not hold")
        lines = open(file, encoding="latin-1").read().split("\n")[:-1]
        broken = list(mutations(lines, source)) + list(changes_of_meaning(lines))
        broken = [lines_ for lines_ in broken if lines_ != lines]
        for lines_ in holding(folder, broken):
            fail(name, "holds though changed", [l for l in lines_ if l not in lines])
        mended = [m for m in map(summed, broken) if m != lines] if number % EACH == 0 else []
        held = holding(folder, mended)
        kept += len(held)
        for lines_ in source.sample(held, min(len(held), MOST_PROVEN)):
            true, ended = is_true(lines_)
            if not true:
                fail(name, "holds, and is not true:", [l for l in lines_ if l not in lines],
                     ended.returncode, ended.stdout[:200])
        total += len(broken) + len(mended)
    print(total, "changed certificates,", kept, "with the right sum still hold")
    if total == 0:
        fail("nothing was asked")


def check_hostile(folder):
    head = ["corsim-certificate 1", "profile browser", "dialect pcre2", "match search", "flags -"]
    end = ["verdict PROVEN", "sum 0"]
    stars = "https://" + "*a" * 100
    texts = {"empty": b"", "null": b"\0" * 1000, "words": b"hello\n", "endless": b"x" * (9 << 20),
             "unended": b"corsim-certificate 1\nprofile browser"}
    claims = {"deep": head + ["pattern " + "(" * 4000 + ")" * 4000] + end,
              "nested": head + ["pattern " + "(" * 30 + "a" + "*)" * 30] + end,
              "many": head + ["pattern ((((a{1000}){1000}){1000}){1000}){1000}"] + end,
              "long": head + ["pattern " + "a" * 100000] + end,
              "stars": head + ["pattern https://a+"] + ["intend " + stars] * 50 + end[:1] +
                       ["place 0 " + stars, "place 1 https://" + "a" * 3000] + end[1:],
              "places": head + ["pattern a", "verdict PROVEN"] +
                        ["place %d https://%d" % (i % 4096, i) for i in range(100000)] + end[1:],
              "columns": head + ["pattern a", "verdict PROVEN", "place -1 h", "place 99999999999999 h"] +
                         end[1:],
              "witness": head + ["pattern (a|b|c)*", "verdict BYPASS", "witness https://" + "a" * 5000] +
                         end[1:],
              "look": head + ["pattern " + "(?=" * 30 + ".*" * 50 + ")" * 30, "verdict BYPASS",
                              "witness https://" + "a" * 2000] + end[1:]}
    for name, lines in claims.items():
        texts[name] = "".join(line + "\n" for line in summed(lines)).encode("latin-1")
    for name, text in texts.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(text)
        ended = run("verify-certificate", path)
        if ended.returncode not in (1, 2) or ended.stderr.count("\n") != 1:
            fail("hostile", name, ended.returncode, ended.stderr[-300:])
        if ended.returncode == 1 and name in ("empty", "null", "words", "endless", "unended", "deep"):
            fail("hostile", name, "is no certificate", ended.stderr)
    if run("verify-certificate", folder).returncode != 2:
        fail("a folder is no certificate")


def check_sendable(folder):
    """What browsers send is sendable to the checker, too."""
    for origin in ("null", "http://a", "https://a.example.", "https://a_b.example", "http://127.0.0.1",
                   "https://[::1]", "http://[2001:db8::1]:8443", "https://a:1024", "http://a.b:65535",
                   "https://xn--bcher-kva.example", "https://1.2.3.4:5000", "https://..", "https://-a"):
        lines = summed(["corsim-certificate 1", "profile browser", "dialect go", "match full",
                        "flags -", "pattern .*", "verdict BYPASS", "witness " + origin, ""])
        if not holding(folder, [lines]):
            fail("not sendable to the checker:", origin)


def check_independence():
    for name in ("verify_certificate.c", "verify_pattern.c", "verify_pattern.h"):
        text = open(os.path.join(SOURCE, "cli", name), encoding="utf-8").read()
        for header in re.findall(r'#include "([^"]*)"', text):
            if header not in ALLOWED or os.path.exists(os.path.join(SOURCE, "prove", header)):
                fail(name, "includes", header)


def main():
    source = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        check_corpus(folder, source)
        check_hostile(folder)
        check_sendable(folder)
    check_independence()
    print(len(failures), "wrong")
    return 1 if failures else 0


sys.exit(main())
