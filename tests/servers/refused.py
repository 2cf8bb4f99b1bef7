#!/usr/bin/python3
# refused.py --corsim PROGRAM --build FOLDER: a page that a real server refuses posts a form to
# it. CORS keeps the answer from the page, and not the request from the server: "sent" and
# "readable" are two verdicts, and the server says who is right. With a header that needs a
# preflight nothing is sent. Exits as run.py does.
import argparse
import json
import os
import sys

import fleet
import run

STRANGER = "https://stranger.example.net"
POST = ["-X", "POST", "-H", "Content-Type: text/plain", "--data-raw", "amount=1"]
FORMS = {"a form": (POST, 1), "a form that says so": ([*POST, "-H", "X-Form: 1"], 0)}


def posts(target):
    return json.loads(target.asked("/posts", {}))["posts"]


def complaints(corsim, target):
    for name, (flags, count) in FORMS.items():
        before = posts(target)
        said = fleet.command(corsim, "check", target.url(), "--origin", STRANGER, *flags)
        seen = {"verdict": said["verdict"], "readable": said["readable"], "sent": said["sent"],
                "arrived": posts(target) - before}
        wanted = {"verdict": "blocked", "readable": False, "sent": count, "arrived": count}
        print(f"{target.name}, {name} from {STRANGER}: {seen}")
        if seen != wanted:
            yield f"{target.name}, {name}: {seen}, not {wanted}"


def main():
    parser = argparse.ArgumentParser()
    run.add_options(parser)
    chosen = parser.parse_args()
    running = fleet.Fleet(os.path.abspath(chosen.build)).start(
        [("express", "right"), ("express-cors", "right")])
    return run.report(running, [line for target in running.targets
                                for line in complaints(chosen.corsim, target)])


if __name__ == "__main__":
    sys.exit(main())
