"""What a browser fetches for a page, compressed."""

import gzip
import re
from collections.abc import Iterator

from werkzeug.test import EnvironBuilder

from tracker.operations.bench.figures import Figure
from tracker.operations.bench.place import Place, asked

FIRST_LIMIT, NEXT_LIMIT = 120, 25
KILOBYTE = 1000
FETCHED = re.compile(r"""(?:<link[^>]*?href|<script[^>]*?src|<img[^>]*?src|from)\s*=?\s*["'](/[^"']+)["']""")


def weight(place: Place) -> Iterator[Figure]:
    """The progress page on a first visit, with everything that it loads, and after that."""
    page = place.page(f"/progress/{place.cast.enrolment_id}", place.cast.trainee_id)().decode()
    html = len(gzip.compress(page.encode(), mtime=0)) / KILOBYTE
    files = sum(_size(place, address) for address in sorted(set(FETCHED.findall(page))))
    yield Figure("progress page on a first visit, compressed", "kB", html + files / KILOBYTE, most=FIRST_LIMIT)
    yield Figure("progress page after that, compressed", "kB", html, most=NEXT_LIMIT)


def _size(place: Place, address: str) -> int:
    """How many bytes a file is when it is sent compressed."""
    path, _, query = address.replace("&amp;", "&").partition("?")
    content = asked(place.app, EnvironBuilder(path, query_string=query).get_environ())()
    return len(gzip.compress(content, mtime=0))
