"""A reader that asks as fast as it can: python reader.py <published file> <seconds to keep a connection> <file that ends it>.

In each connection the marts must agree on one date and one number of customers, however long it stays open. Prints what it did as JSON.
"""

import json
import sys
import time
from pathlib import Path

from customer_segmentation.publish import open_published

LATEST = "select max(as_of_date)::varchar, {} from {} where as_of_date = (select max(as_of_date) from {})"
QUESTIONS = [
    LATEST.format("sum(customers)::bigint", "segment_sizes", "segment_sizes") + " and dimension = 'rfm_segment'",
    LATEST.format("count(*)", "customer_segments_current", "customer_segments_current"),
    LATEST.format("count(*)", "customer_segments", "customer_segments"),
    LATEST.format("count(distinct customer_id)", "customer_segments_long", "customer_segments_long"),
    LATEST.format("count(*)", "customer_rfm", "customer_rfm"),
]


def version(connection) -> tuple:
    """Date and customers of the version that the connection sees; an error if the marts do not agree."""
    (answer,) = {connection.execute(question).fetchone() for question in QUESTIONS}
    return answer


def read(published: str, keep: float, end: Path) -> dict:
    """Read until the file `end` is there: how many connections and reads, the versions seen, the errors, the slowest opening in seconds."""
    connections, reads, versions, errors, slowest = 0, 0, set(), [], 0.0
    while not end.exists():
        started = time.monotonic()
        try:
            with open_published(published) as connection:
                slowest = max(slowest, time.monotonic() - started)
                first = version(connection)
                reads += 1
                while time.monotonic() - started < keep and not end.exists():
                    if (later := version(connection)) != first:
                        errors.append(f"{first} became {later} in one connection")
                    reads += 1
            connections += 1
            versions.add(first)
        except Exception as error:  # of any kind: it is counted and told
            errors.append(f"{type(error).__name__}: {error}")
    told = {"connections": connections, "reads": reads, "versions": sorted(versions), "errors": len(errors), "first_errors": errors[:3]}
    return told | {"slowest": slowest}


if __name__ == "__main__":
    print(json.dumps(read(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))))
