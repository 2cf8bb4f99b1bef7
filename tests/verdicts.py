"""What the tests in Python say of each thing they look at."""

FAILURES = []


def check(what, expected, actual):
    if expected == actual:
        print(f"ok {what}")
    else:
        print(f"FAIL {what}: expected {expected!r}, not {actual!r}")
        FAILURES.append(what)
