"""How fast the prover is with every pattern of corpus/validators: pace.py FOLDER PACE [MILLISECONDS]

Each is asked five times and the fastest counts. Fails if one takes longer than MILLISECONDS (else
1000: other processes may have the machine).
"""
import subprocess
import sys

from corpus import questions

folder, pace = sys.argv[1:3]
most = sys.argv[3] if len(sys.argv) > 3 else "1000"
lines = "".join(line + "\n" for _, _, line, _ in questions(folder))
sys.exit(subprocess.run([pace, "5", "-m", most], input=lines, text=True, check=False).returncode)
