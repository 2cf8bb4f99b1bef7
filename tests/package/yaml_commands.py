#!/usr/bin/python3
# yaml_commands.py FILE: the commands of a GitHub workflow or a GitLab job, one a line. Exit status 1
# if it is neither.
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)
commands = []
if "jobs" in document:
    for job in document["jobs"].values():
        commands += [step["run"] for step in job["steps"] if "run" in step]
else:
    for job in document.values():
        for part in ("before_script", "script", "after_script"):
            commands += job.get(part, [])
if not commands or not all(isinstance(command, str) for command in commands):
    sys.exit(1)
print("\n".join(commands))
