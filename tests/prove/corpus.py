"""Asks the prover about every pattern of corpus/validators: corpus.py ASK FOLDER [INSTRUCTIONS]

A vulnerable one must have a witness, none longer behind the scheme than the known ones; a fixed one
and a true negative must be proven. The time of each, of the clock and inside prove(), is summed up
and not judged; with INSTRUCTIONS callgrind counts those that prove() takes for all of them
together, which must not be more. Exit status: 1, something is wrong; 77, there is no valgrind.
"""
import glob
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ALIASES = {"php": "pcre2"}


def blocks(path):
    text = open(path, encoding="utf-8").read()
    parts = re.split(r"^-- ([a-z]+) --\n", text, flags=re.M)
    return {name: [line for line in body.split("\n") if line]
            for name, body in zip(parts[1::2], parts[2::2])}


def behind(origin):
    return len(origin.split("://")[-1])


def questions(folder):
    """name, variant, line for the prover, known witnesses"""
    for path in sorted(glob.glob(os.path.join(folder, "*.validator"))):
        entry = blocks(path)
        for variant in ("vulnerable", "fixed"):
            check = entry.get(variant, [""])
            words = check[0].split()
            if not check[0].startswith("regex ") or words[-1] == "matched":
                continue # of the latter not whether, but what is answered is the question
            line = [ALIASES.get(words[1], words[1]), words[2], words[3] if len(words) > 3 else "-",
                    check[1].encode().hex(), *entry["intend"]]
            yield os.path.basename(path), variant, "\t".join(line), entry.get("witness", [])


def is_right(variant, answer, known):
    lines = answer.split("\n")
    verdict = lines[0].split(" ")[0]
    if variant == "fixed":
        return verdict == "PROVEN"
    found = [behind(l.split("\t")[-1]) for l in lines[1:] if l]
    return verdict == "BYPASS" and min(found) <= min(map(behind, known))


def ask(command, asked):
    text = "".join(line + "\n" for _, _, line, _ in asked)
    made = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    answers = made.stdout.split("\n\n")[:-1]
    if made.returncode != 0 or len(answers) != len(asked):
        sys.exit(f"{len(answers)} answers to {len(asked)} questions: {made.stderr[-500:]}")
    return answers


def count_instructions(program, asked, most):
    if shutil.which("valgrind") is None:
        print("SKIP: there is no valgrind here")
        return 77
    with tempfile.TemporaryDirectory() as work:
        out, stripped = os.path.join(work, "out"), os.path.join(work, "ask")
        # valgrind cannot read all debugging information that clang writes.
        subprocess.run(["strip", "-g", "-o", stripped, program], check=True)
        ask(["valgrind", "--tool=callgrind", "--toggle-collect=prove",
             f"--callgrind-out-file={out}", stripped, "-"], asked)
        count = int(re.search(r"^totals: (\d+)", open(out, encoding="utf-8").read(), re.M)[1])
    print(f"{len(asked)} patterns: {count} instructions of at most {most}")
    return int(count > most)


def main():
    program, folder = sys.argv[1:3]
    asked = list(questions(folder))
    if len(sys.argv) > 3:
        return count_instructions(program, asked, int(sys.argv[3]))
    wrong, times = 0, []
    for (name, variant, line, known), answer in zip(asked, ask([program, "-"], asked)):
        times.append((float(re.search(r"\(([\d.]+) ms", answer)[1]), name, variant))
        if not is_right(variant, answer, known):
            wrong += 1
            print(f"{name} {variant}: {bytes.fromhex(line.split(chr(9))[3])}\n{answer}")
    slowest, alone = max(times), [time for time, _, _ in times]
    print(f"{len(asked)} patterns, {wrong} wrong; {sum(alone):.1f} ms in all, median "
          f"{statistics.median(alone):.2f} ms, most {slowest[0]:.2f} ms: {' '.join(slowest[1:])}")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
