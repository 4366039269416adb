#  measure - what the parts of the benchmark share: rows of the result, CPU time and memory of processes

import glob
import json
import os
import subprocess

TICK = os.sysconf("SC_CLK_TCK")


#  One line of the result. wanted: ("≥", 1.5), ("≤", 64) or None
def row(name, value, wanted=None, note=""):
    good, text = None, ""
    if wanted:
        sign, limit = wanted
        good = value >= limit if sign == "≥" else value <= limit
        text = f"{sign} {limit:g}"
    return {"name": name, "value": value, "wanted": text, "good": good, "note": note}


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


#  CPU time of all of PostgreSQL's processes, also of those that have ended
def postgres_cpu(postgres):
    with open(f"{postgres.data}/postmaster.pid") as file:
        postmaster = int(file.readline())
    total = 0.0
    for path in [f"/proc/{postmaster}/stat", *glob.glob("/proc/[0-9]*/stat")]:
        try:
            with open(path) as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pid = int(path.split("/")[2])
        if pid == postmaster:
            total += sum(map(int, fields[11:15])) / TICK / 2    # it is listed twice
        elif int(fields[1]) == postmaster:
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


#  Runs the generator; the numbers that it prints
def load(stage, connections, in_flight, seconds, rate=None, source="flood"):
    command = [f"{stage.world.build}/tests/door_load", stage.endpoints()[0], stage.world.door[0].decode(),
               stage.world.key_files[source], source, str(connections), str(in_flight), str(seconds)]
    done = subprocess.run(command + ([str(rate)] if rate else []), stdout=subprocess.PIPE, text=True, timeout=300)
    return json.loads(done.stdout)


#  The generator's source has no quota worth the name
def open_quota(stage, source="flood"):
    stage.sql("UPDATE intake.source SET rate = 1000000, burst = 1000000 WHERE source = %s", source)
