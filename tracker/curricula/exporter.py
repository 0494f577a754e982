"""From a document to the bytes of a file that gives the same document again."""

from decimal import Decimal
from typing import Any

import yaml

from tracker.curricula.document import Document
from tracker.curricula.plain_data import to_data

WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """Lists indented below their field, long texts as paragraphs, decimal numbers as they are."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML calls it so
        super().increase_indent(flow, False)


def _number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", str(number))


_Dumper.add_representer(Decimal, _number)


def write_yaml(document: Document) -> str:
    """The document in our own format, tracker-curriculum/1."""
    data: dict[str, Any] = to_data(document)
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text
