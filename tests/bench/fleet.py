"""A fleet for measuring: AIVDM sentences of many vessels about New Zealand, seeded, with fresh positions each round."""

import math
import random
from collections.abc import Iterator

from pyais import encode_dict


def positions(vessels: int, rounds: int, *, seed: int = 7) -> Iterator[bytes]:
    """``vessels`` × ``rounds`` class A position sentences, each ended by CR LF; every position differs from the last."""
    rng = random.Random(seed)
    fleet = [
        (512_000_000 + n, rng.uniform(-48, -34), rng.uniform(164, 195), rng.uniform(0, 359), rng.uniform(2, 20))
        for n in range(vessels)
    ]
    for turn in range(rounds):
        for mmsi, lat, lon, course, speed in fleet:
            step = turn * speed / 3600 / 6
            yield (
                encode_dict(
                    {
                        "type": 1,
                        "mmsi": mmsi,
                        "lat": lat + step * math.cos(math.radians(course)),
                        "lon": (lon + step * math.sin(math.radians(course)) + 180) % 360 - 180,
                        "course": course,
                        "speed": speed,
                        "heading": int(course),
                        "second": turn % 60,
                    },
                    talker_id="AI",
                )[0].encode()
                + b"\r\n"
            )


def statics(vessels: int) -> Iterator[bytes]:
    """Name, callsign, type and destination of each vessel: two sentences each."""
    for n in range(vessels):
        for line in encode_dict(
            {
                "type": 5,
                "mmsi": 512_000_000 + n,
                "shipname": f"BENCH VESSEL {n}",
                "callsign": f"ZM{n % 10000}",
                "ship_type": 70,
                "destination": "NZAKL",
                "to_bow": 100,
                "to_stern": 50,
                "to_port": 10,
                "to_starboard": 10,
            },
            talker_id="AI",
            seq_id=n % 10,
        ):
            yield line.encode() + b"\r\n"
