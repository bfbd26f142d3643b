"""`make bench`: what this machine reaches, each figure beside a reference of the same run. ``ARGS="sizes rest"`` picks some."""

import os
import platform
import sys
import time
from importlib import import_module

PARTS = {
    "ingest": "AIS through the whole path",
    "latency": "Feed socket to stream",
    "sizes": "Change set beside the whole picture",
    "browser": "Browser: main thread, time to a usable wall",
    "options": "Options for one subject among 500 units, and last moments",
    "plan": "The plan of 500 units over 30 days: read, tried, assigned",
    "planning": "Planning: proposals for 500 units, 100 places, 72 hours",
    "log": "Duty log: appends, verification, exports",
    "rest": "At rest",
    "soak": "Half an hour of 2,000 observations a second",
    "boards": "Boards of 500 operations with 300 lessons",
    "desk": "Every callback and API read with a full database",
    "log_search": "Duty log: search and filters at a million entries",
    "crashes": "kill -9 under load: what was lost",
    "past": "The past: opening a moment among 20 million positions",
}


def main(wanted: list[str]) -> int:
    """Measure the parts named, or all; exit status 1 when one could not be measured."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"There is no {', '.join(unknown)}; parts are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}"
    )
    failed = 0
    for name in wanted or PARTS:
        print(f"\n== {PARTS[name]}", flush=True)
        try:
            for line in import_module(f"tests.bench.{name}").measure():
                print(line, flush=True)
        except Exception as error:
            failed = 1
            print(f"could not be measured: {type(error).__name__}: {error}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
