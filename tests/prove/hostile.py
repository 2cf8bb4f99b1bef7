"""Asks the prover hostile questions: hostile.py ASK SECONDS MEBIBYTES

Each is asked in a process of its own, which must end with a verdict, within SECONDS of a processor
(in one of three attempts, as others use its caches) and MEBIBYTES of memory (0: no limit there, for
sanitizers). Some must be decided, with any time of the clock, as others use the machine. That the
limits bite is tried first, on programs that keep neither. What each took is printed.
"""
import os
import resource
import subprocess
import sys
import tempfile

SPEND = "import time\nwhile time.process_time() < 60: pass"
FILL = "x = b'x' * (300 << 20)"
ATTEMPTS = 3
VERDICTS = {"PROVEN", "BYPASS", "UNDECIDED", "MALFORMED"}


def classes_of_every_byte():
    return b"".join(b"[" + bytes([b]) + b"-\xff]?" for b in range(1, 255) if b not in b"\n\r]\\")


def questions():
    """name, dialect, match, patterns, intent"""
    example = ["https://example.com", "https://*.example.com"]
    simple = [b"^https://([a-z0-9-]+\\.)*example\\.com$"]
    for dialect in ("pcre2", "posix-ere"):
        for name, pattern in {
                "determinised": b"^https://(a|b)*a(a|b){16}\\.example\\.com$",
                "determinised, search": b"(a|b)*a(a|b){16}",
                "nested stars": b"^https://((((((((((a*)*)*)*)*)*)*)*)*)*)*\\.example\\.com$",
                "nested choices": b"^https://(((a|b?)+|(b|a?)+)+|((a|b)*)+)+$",
                "nested repeats": b"(((a{30}){30}){30}){30}",
                "repeats": b"a{1000}{1000}" if dialect != "posix-ere" else b"(a{1000}){1000}",
                "many repeats": b"^https://([a-z]{1,63}\\.){1,127}example\\.com$",
                "optional": b"a?" * 3000 + b"a" * 3000,
                "1 MB of alternation": b"^https://(" + b"|".join(
                    b"h%06d\\.example" % i for i in range(62500)) + b")$",
                "100 kB of alternation": b"^https://(" + b"|".join(
                    b"h%06d\\.example" % i for i in range(6200)) + b")$",
                "alternation of empties": b"|" * 100000,
                "deep": b"(" * 10000 + b"a" + b")" * 10000,
                "deep, open": b"(" * 100000,
                "deep classes": b"[" * 100000,
                "deep repeats": b"(" * 100 + b"a" + b"*)" * 100,
                "every byte": bytes(range(256)),
                "every byte, in classes": classes_of_every_byte(),
                "every byte, escaped": b"".join(b"\\" + bytes([b]) for b in range(1, 256)),
                "wide classes": b"".join(b"[%c-~]" % b for b in range(33, 92)) * 100,
                "any": b".*" * 2000,
                "any, with ends": b"(.*a){200}$"}.items():
            yield f"{dialect}: {name}", dialect, "search", [pattern], example
    for name, pattern in {
            "look-aheads": b"^https://" + b"".join(b"(?=.*%c)" % b for b in b"abcdefghijklmnop") +
                           b"[a-p.]+$",
            "negative look-aheads": b"^https://" + b"".join(
                b"(?!.*%c.{9}b)" % b for b in b"abcdefghijklmnop") + b"[a-z.]+$",
            "look-aheads in a loop": b"^https://((?=[ab]*a[ab]{12}c)[abc])*$",
            "nested look-aheads": b"(?=" * 100 + b"a" + b")" * 100,
            "nested negations": b"^https://" + b"(?!(a|b)*" * 40 + b"a" + b")" * 40 + b"[ab.]+$",
            "look-behinds": b"^https://([a-z.](?<!ab)(?<=[a-y.])(?<!.{20}b)){1,40}$",
            "look-arounds in repeats": b"((?=a.{20}b)(?<!c.{9})[a-z]){200}",
            "references": b"^https://" + b"([a-z]{1,20})" * 9 + b"\\1\\2\\3\\4\\5\\6\\7\\8\\9$",
            "references in a loop": b"^https://(([ab]|c\\2)*\\1?)+$",
            "reference of any word": b"^https://([a-z]+)\\1\\.com$",
            "references of some words": b"^https://([a-z]{2,9})-(\\d+)-\\2\\1\\.com$",
            "reference of much": b"^https://([a-z0-9.-]{1,60})\\1\\.com$",
            "reference to itself": b"(\\1a|b)*",
            "atomic groups": b"^https://" + b"(?>a|ab|(?>b|bc)*)" * 60 + b"$",
            "possessive": b"^https://" + b"([a-z]*+\\.?+)*+" * 40 + b"$"}.items():
        yield f"pcre2: {name}", "pcre2", "search", [pattern], example
    hosts = [f"https://h{i}.example" for i in range(10000)]
    exact = b"^https://h(" + b"|".join(b"%d" % i for i in range(10000)) + b")\\.example$"
    yield "10,000 hosts, proven", "pcre2", "search", [exact], hosts
    yield "10,000 hosts, a bypass", "pcre2", "search", [exact[:-1]], hosts
    yield "10,000 hosts and a pattern", "pcre2", "search", simple, hosts + example
    yield "10,000 hosts, a pattern each", "pcre2", "full", [
        h.replace(".", "\\.").encode() for h in hosts], hosts
    below = [f"https://*.d{i}.example" for i in range(1000)]
    yield "1,000 domains, proven", "pcre2", "search", [
        b"^https://([a-z0-9-]+\\.)+d(" + b"|".join(b"%d" % i for i in range(1000)) +
        b")\\.example$"], below
    yield "1,000 domains and a pattern", "pcre2", "search", simple, below + example
    yield "1,000 domains, a pattern each", "pcre2", "full", [
        b"https://(.+\\.)?d%d\\.example" % i for i in range(1000)], below


# What is said about some, beside that it ends.
EXPECTED = {
    "pcre2: reference of any word": "BYPASS", "pcre2: references of some words": "BYPASS",
    "pcre2: reference of much": "BYPASS",
    "10,000 hosts, proven": "PROVEN", "10,000 hosts, a bypass": "BYPASS",
    "10,000 hosts and a pattern": "PROVEN", "1,000 domains and a pattern": "PROVEN",
    "10,000 hosts, a pattern each": "PROVEN",
    "1,000 domains, proven": "PROVEN",
    "pcre2: determinised": "PROVEN", "posix-ere: determinised": "PROVEN"}


class Limits:
    def __init__(self, seconds, mebibytes):
        self.seconds, self.bytes = seconds, mebibytes << 20

    def set(self):
        if self.bytes:
            resource.setrlimit(resource.RLIMIT_AS, (2 * self.bytes, 2 * self.bytes))
        ceiling = int(self.seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (ceiling, ceiling))

    def run(self, command, text):
        """What it printed, seconds of a processor, mebibytes, and what was wrong."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(text)
            given.seek(0)
            child = subprocess.Popen(command, stdin=given, stdout=said, stderr=subprocess.DEVNULL,
                                     preexec_fn=self.set)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = status
            said.seek(0)
            printed = said.read().decode("utf-8", "replace")
        seconds = used.ru_utime + used.ru_stime
        wrong = ""
        if status != 0:
            wrong = f"ended with status {status:#x}"
        elif seconds > self.seconds:
            wrong = f"took more than {self.seconds} s"
        elif self.bytes and used.ru_maxrss << 10 > self.bytes:
            wrong = f"took more than {self.bytes >> 20} MiB"
        return printed, seconds, used.ru_maxrss / 1024, wrong


def main():
    ask, limits = sys.argv[1], Limits(float(sys.argv[2]), int(sys.argv[3]))
    failed = 0
    for name, program in {"spends time": SPEND, "fills memory": FILL}.items():
        _, _, _, wrong = limits.run([sys.executable, "-c", program], b"")
        if not wrong and not (program == FILL and not limits.bytes):
            print(f"FAIL: a program that {name} is not stopped")
            failed += 1
    for name, dialect, match, patterns, intent in questions():
        line = "\t".join([dialect, match, "-", ",".join(p.hex() for p in patterns), *intent])
        command = [ask, "-"] + (["60"] if name in EXPECTED else [])
        for _ in range(ATTEMPTS):
            said, seconds, mebibytes, wrong = limits.run(command, line.encode() + b"\n")
            if seconds <= limits.seconds:
                break
        verdict = said.split(" ")[0]
        if not wrong and (verdict not in VERDICTS or EXPECTED.get(name, verdict) != verdict):
            wrong = f"not {EXPECTED.get(name, 'a verdict')}"
        failed += bool(wrong)
        print(f"{'FAIL: ' + wrong + ': ' if wrong else ''}{name}: {seconds:.2f} s, "
              f"{mebibytes:.0f} MiB, {said.split(chr(10))[0][:120]}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


sys.exit(main())
