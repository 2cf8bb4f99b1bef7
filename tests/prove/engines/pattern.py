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
    return "".join("01"[find(bytes.fromhex(s).decode("latin-1")) is not None]
                   for s in subjects.split(","))


for question in sys.stdin:
    print(answer(question), flush=True)
