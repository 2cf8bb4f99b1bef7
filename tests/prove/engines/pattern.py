"""One engine of tests/prove: Python. Protocol: engines/README.md."""
import re
import sys
import warnings

warnings.simplefilter("ignore")


def answer(line):
    match, flags, pattern, subjects = line.rstrip("\n").split("\t")
    options = 0
    for flag in flags.replace("-", ""):
        options |= re.RegexFlag[flag.upper()]
    try:
        compiled = re.compile(bytes.fromhex(pattern).decode(), options)
    except (re.error, OverflowError, RecursionError, UnicodeDecodeError, ValueError) as error:
        return "error " + str(error).replace("\n", " ")
    find = {"search": compiled.search, "prefix": compiled.match, "full": compiled.fullmatch}[match]
    return "".join(bit(find, bytes.fromhex(s).decode("latin-1")) for s in subjects.split(","))


def bit(find, text):
    try:
        return "01"[find(text) is not None]
    except SystemError: # a bug of re, which finds it itself
        return "?"


for question in sys.stdin:
    print(answer(question), flush=True)
