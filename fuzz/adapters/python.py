# corsim fuzz --exec 'python3 python.py yours.py': its function `validate` is given the Origin header's
# value and returns what it would send: None or False; True, for the origin itself; a string; or a
# tuple of one of these and whether credentials are allowed. See ../protocol.md.
import re, runpy, sys

answers, sys.stdout = sys.stdout, sys.stderr  # only answers may go to stdout
validate = runpy.run_path(sys.argv[1])["validate"]
print("corsim-validator 1", file=answers, flush=True)
for line in sys.stdin:
    origin = re.sub(r"\\(\\|x..)", lambda e: e[1] if e[1] == "\\" else chr(int(e[1][1:], 16)), line.rstrip("\n"))
    try:
        value = validate(origin)
    except Exception as error:
        value = print(repr(error), file=sys.stderr)  # a server would answer without the header
    value, credentials = value if isinstance(value, tuple) else (value, False)
    text = origin if value is True else "" if value in (None, False) else value
    text = re.sub(r"[^ -\[\]-~]", lambda c: "\\x%02x" % min(ord(c[0]), 255), text)
    tail = "\tcredentials" if credentials else ""
    print("-" if value in (None, False) else text + tail, file=answers, flush=True)
