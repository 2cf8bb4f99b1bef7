#!/usr/bin/python3
# raw.py FILE...: each file is UTF-8 without a character that a terminal or a reader could be
# deceived by: control characters but for the ends of lines (and tabs), characters that turn the
# direction or are invisible, private ones. Prints what is wrong; exits 1 then.
import sys
import unicodedata

wrong = 0
for name in sys.argv[1:]:
    data = open(name, "rb").read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        print(f"{name}: {error}")
        wrong += 1
        continue
    if not text.endswith("\n"):
        print(f"{name}: it is empty or its last line has no end")
        wrong += 1
    for line, content in enumerate(text.split("\n"), 1):
        bad = [c for c in content if c != "\t" and
               unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
        if bad:
            wrong += 1
            print(f"{name}:{line}: {' '.join(f'U+{ord(c):04X}' for c in bad)}")
sys.exit(1 if wrong else 0)
