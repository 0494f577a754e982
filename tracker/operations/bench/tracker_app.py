"""A start of the tracker, up to its first answer. Run as a script: it prints what it took."""

import json
import resource
import time

from tracker import create_app

if __name__ == "__main__":
    create_app().test_client().get("/health/live")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"cpu": time.process_time(), "kilobytes": used.ru_maxrss}))  # noqa: T201 - what it is for
