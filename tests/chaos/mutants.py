#!/usr/bin/python3
#  mutants - the checker sees what it must see: each mutilated build turns a short run red, the real one stays green
#
#  A mutant is the same code with one line of the hand-over's promise removed (-DMUTANT_…): acknowledged before
#  COMMIT, no inbox, no take-over of what the dead have left.

import argparse
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHORT = ["--count", "6000", "--seconds", "20", "--kills", "1", "--restarts", "", "--limit", "30"]

#  build, faults that hit where the line was, what the checker must say: one of these
MUTANTS = [
    ("mutant-ack-before-commit", ["--torn", "0", "--blackouts", "6"], ["acknowledged and lost", "missing"]),
    ("mutant-no-inbox", ["--torn", "8", "--blackouts", "0"], ["twice"]),
    ("mutant-no-take-over", ["--torn", "2", "--blackouts", "2"], ["nobody took"]),
]


def chaos(build, faults, seed):
    done = subprocess.run(["/usr/bin/python3", f"{HERE}/chaos.py", "--build", build, "--seed", str(seed), *SHORT, *faults],
                          cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=400)
    return done.returncode, done.stdout


def report(name, good, began, output):
    print(f"  {'ok  ' if good else 'FAIL'} {name} ({time.monotonic() - began:.0f} s)", flush=True)
    if not good:
        print("\n".join("      " + line[:300] for line in output.splitlines()[-15:]), flush=True)
    return good


#  The build as it is must be green under the same faults, or red would mean nothing
def control(build, seed):
    began = time.monotonic()
    status, output = chaos(build, ["--torn", "3", "--blackouts", "2"], seed)
    return report(f"{build} stays green under the mutants' faults", status == 0, began, output)


def mutant(build, faults, words, seed):
    began = time.monotonic()
    made = subprocess.run(["make", "-s", f"V={build}"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if made.returncode:
        return report(f"{build} builds", False, began, made.stdout)
    status, output = chaos(build, faults, seed)
    red = [line for line in output.splitlines() if "RED" in line]
    seen = status == 1 and any(word in line for word in words for line in red)
    for line in red[:4]:
        print(f"       {line.strip()[:140]}")
    return report(f"{build} turns the checker red", seen, began, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=os.environ.get("DUBAN_BUILD", "release"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("only", nargs="*")
    options = parser.parse_args()
    results = [] if options.only else [control(options.build, options.seed)]
    results += [mutant(build, faults, words, options.seed) for build, faults, words in MUTANTS
                if not options.only or any(word in build for word in options.only)]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
