"""guards.py CORSIM CASES: the verdict of `corsim prove --config` on each small file of CASES is the one beside it:
where a comparison does not decide whether the origin is sent, it is not called a proof.
"""
import os
import re
import subprocess
import sys
import tempfile

INTENDED = 'https://example.com'
VERDICTS = {0: 'proven', 1: 'bypass', 4: 'undecided'}
HEADS = {'php': '<?php\n', 'go': 'package main\n'}


def cases(path):
    with open(path, encoding='utf-8') as file:
        parts = re.split(r'^==== (\w+) (\w+)\n', file.read(), flags=re.M)
    return list(zip(parts[1::3], parts[2::3], parts[3::3]))


def main():
    wrong = 0
    all_cases = cases(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        for number, (ending, verdict, text) in enumerate(all_cases, 1):
            path = os.path.join(folder, f'{number}.{ending}')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text if text.startswith(HEADS.get(ending, '')) else HEADS[ending] + text)
            ended = subprocess.run([sys.argv[1], 'prove', '--config', path, '--intend', INTENDED],
                                   capture_output=True, text=True, timeout=60)
            said = VERDICTS.get(ended.returncode, f'status {ended.returncode}')
            if said != verdict:
                print(f'{said}, not {verdict}:\n{text}{ended.stdout}{ended.stderr}')
                wrong += 1
    print(f'{len(all_cases)} files, {wrong} wrong')
    return wrong != 0 or len(all_cases) < 200


sys.exit(main())
