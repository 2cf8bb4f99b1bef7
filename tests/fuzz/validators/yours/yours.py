def validate(origin):
    print("not an answer")
    if origin == "crash":
        raise ValueError("no such origin")
    known = {"true": True, "star": ("*", True), "credentials": (True, True), "bytes": "\n\\\xff"}
    return known.get(origin, "\\\x80" in origin)
