"""How fast the prover is with every pattern of corpus/validators: pace.py FOLDER PACE [MILLISECONDS]

Each is asked five times and the fastest counts. Fails if one takes longer than MILLISECONDS (else
1000: other processes may have the machine).
"""
import glob
import os
import subprocess
import sys

from corpus import ALIASES, blocks


def questions(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.validator"))):
        entry = blocks(path)
        for variant in ("vulnerable", "fixed"):
            check = entry.get(variant, [""])
            words = check[0].split()
            if words[:1] == ["regex"] and words[-1] != "matched":
                yield "\t".join([ALIASES.get(words[1], words[1]), words[2],
                                 words[3] if len(words) > 3 else "-", check[1],
                                 *entry["intend"]]) + "\n"


most = sys.argv[3] if len(sys.argv) > 3 else "1000"
sys.exit(subprocess.run([sys.argv[2], "5", "-m", most], input="".join(questions(sys.argv[1])),
                        text=True, check=False).returncode)
