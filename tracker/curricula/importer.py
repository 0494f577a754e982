"""From the bytes of a file to a document, or to everything that is wrong with it."""

from tracker.core.errors import BadInput, Problem
from tracker.curricula.checks import flaws_of
from tracker.curricula.document import Document
from tracker.curricula.plain_data import from_data
from tracker.curricula.yaml_file import read_yaml


def read_document(file: str, raw: bytes, code: str = "") -> Document:
    """The curriculum in a file, under another code if one is given. Raises BadInput with every problem and its row."""
    tree = read_yaml(file, raw)
    if code and isinstance(tree.data, dict):
        tree.data["code"] = code
    flaws = [flaw for flaw in flaws_of(tree.data) if flaw.path not in tree.broken]
    problems = tree.problems + [Problem(file, tree.line(flaw.path), flaw.what, flaw.mend) for flaw in flaws]
    if problems:
        raise BadInput(sorted(set(problems)))
    return from_data(tree.data)
