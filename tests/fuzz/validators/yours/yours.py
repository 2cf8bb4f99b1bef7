import sys


def validate(origin):
    print("not an answer")
    if origin == "throw":
        raise ValueError("not allowed")
    if origin == "crash":
        sys.exit("error: no such origin")
    known = {"true": True, "star": ("*", True), "credentials": (True, True), "bytes": "\n\\\xff"}
    return known.get(origin, "\\\x80" in origin)
