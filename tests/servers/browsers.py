#!/usr/bin/python3
# browsers.py --corsim PROGRAM --build FOLDER --engine ENGINE [--system NAME]... [--self-test]:
# what a page in a real browser makes of the real servers of expected.tsv, and what `corsim check`
# says under that browser's profile: allowed or blocked, the status and the names of the headers
# that script reads, and the methods on the wire. Exits 0 when all agree, 1 when not, 77 when the
# browser or a system is missing. --self-test asks corsim as another page, and wants that noticed
# wherever the page was let in.
import argparse
import json
import os
import subprocess
import sys

import fleet
import run

ELSEWHERE = "https://elsewhere.example.net"


def step(target, host, kind):
    """The fetch that `corsim check` does with the flags of fleet.KINDS."""
    path = target.system.error if kind == "error" else target.system.me
    fetch = {"op": "fetch", "url": f"https://{host}{path}", "mode": "cors", "cache": "no-store",
             "method": "PUT" if kind.startswith("put") else "GET",
             "credentials": "include" if kind.endswith("credentials") else "same-origin"}
    if kind.startswith("put"):
        fetch |= {"headers": [["Content-Type", "application/json"]], "body": '{"a":1}'}
    return fetch


def situation(target):
    name = f"{target.system.name}-{target.configuration}"
    host = f"api.{name}.example"
    return {"id": name, "origin": target.origin, "hosts": [target.origin.split("/")[2]],
            "servers": {host: target.port}, "steps": [step(target, host, k) for k in fleet.KINDS]}


def play(engine, situations):
    done = subprocess.run(["node", "--no-warnings", f"{run.HERE}/pages.mjs", engine],
                          input=json.dumps(situations), capture_output=True, text=True,
                          check=False, timeout=300)
    if done.returncode == run.SKIP:
        print(f"SKIP {engine}: {done.stderr.strip()}")
        sys.exit(run.SKIP)
    if done.returncode != 0:
        sys.exit(f"pages.mjs: {done.stderr}")
    return json.loads(done.stdout)


def seen_by_page(said):
    """What a step of the page gave, in the words of predicted()."""
    allowed = said["result"] == "cors"
    return {"verdict": "allowed" if allowed else "blocked",
            "status": said["status"],
            "headers": sorted({name.lower() for name, _ in said["headers"]}),
            "wire": [one["method"] for one in said["wire"]]}


def predicted(said):
    return {"verdict": said["verdict"],
            "status": said["status"],
            "headers": sorted({name.lower() for name, _ in said["headers"]}),
            "wire": [one["method"] for one in said["exchanges"]]}


def asked(corsim, target, engine):
    return [predicted(fleet.checked(corsim, target, kind, engine)) for kind in fleet.KINDS]


def disagreements(target, predictions, observed):
    if observed.get("problem"):
        yield f"{target.name}: {observed['problem']}"
        return
    for kind, ours, said in zip(fleet.KINDS, predictions, observed["steps"]):
        page = seen_by_page(said)
        for what in ours:
            if ours[what] != page[what]:
                yield f"{target.name}, {kind}: {what} is {page[what]}, corsim says {ours[what]}"


def main():
    parser = argparse.ArgumentParser()
    run.add_options(parser)
    parser.add_argument("--engine", required=True)
    chosen = parser.parse_args()
    _, rows = run.chosen_rows(chosen)
    running = fleet.Fleet(os.path.abspath(chosen.build)).start(
        [(row["system"], row["configuration"]) for row in rows])
    # A page on the origin of its API is no matter of CORS, and its server is no host of the
    # laboratory.
    targets = [target for target in running.targets if target.origin == fleet.PAGE]
    for target in targets:
        target.asked_by_somebody()
    situations = [situation(target) for target in targets]
    if chosen.self_test:
        for target in targets:
            target.origin = ELSEWHERE
    # What a page saves may change what is read afterwards: corsim, which saves the same, comes
    # first.
    predictions = [asked(chosen.corsim, target, chosen.engine) for target in targets]
    played = play(chosen.engine, situations)
    found = [list(disagreements(*one)) for one in zip(targets, predictions, played["observed"])]
    if chosen.self_test:
        wrong = [f"{target.name}: that the page is another goes unnoticed"
                 for target, differences, observed in zip(targets, found, played["observed"])
                 if not differences and any(said["result"] == "cors" for said in observed["steps"])]
    else:
        wrong = [line for differences in found for line in differences]
    print(f"{played['version']}: {len(targets)} configurations, "
          f"{len(targets) * len(fleet.KINDS)} requests of a page")
    return run.report(running, wrong)


if __name__ == "__main__":
    sys.exit(main())
