"""Damaged files of every format are read or refused, soon, and never fail in any other way."""

import csv
import io
from contextlib import suppress
from time import thread_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats import (
    MOODLE,
    SAMPLES,
    broken_bytes,
    broken_cells,
    broken_json,
    broken_lines,
    broken_workbook,
    edited,
    read,
    written,
)
from tracker.core.errors import BadInput
from tracker.curricula.exporter import losses
from tracker.curricula.formats import Format
from tracker.curricula.plain_data import digest

SOON_SECONDS = 2  # of the processor's time: how busy the machine is says nothing about a file
MANY = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def is_read_or_refused(raw: bytes) -> None:
    """Soon; and what is read can be kept, and written again in other formats."""
    before = thread_time()
    with suppress(BadInput):
        document = read(raw).document
        digest(document)
        assert thread_time() - before < SOON_SECONDS
        for form in (Format.CASE, Format.MOODLE):
            losses(document, written(document, form))
        return
    assert thread_time() - before < SOON_SECONDS


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_itself_is_read(name: str) -> None:
    assert read(SAMPLES[name]).document.sections


@pytest.mark.parametrize("name", SAMPLES)
@MANY
@given(data=st.data())
def test_a_file_with_damaged_bytes_is_read_or_refused(name: str, data: st.DataObject) -> None:
    is_read_or_refused(data.draw(broken_bytes(SAMPLES[name])))


@pytest.mark.parametrize("name", ["tracker", "moodle"])
@MANY
@given(data=st.data())
def test_a_file_with_lines_gone_or_moved_is_read_or_refused(name: str, data: st.DataObject) -> None:
    is_read_or_refused(data.draw(broken_lines(SAMPLES[name])))


@pytest.mark.parametrize("name", ["case", "case, our own"])
@MANY
@given(data=st.data())
def test_a_package_with_other_values_is_read_or_refused(name: str, data: st.DataObject) -> None:
    is_read_or_refused(data.draw(broken_json(SAMPLES[name])))


@MANY
@given(data=st.data())
def test_a_framework_with_cells_swapped_is_read_or_refused(data: st.DataObject) -> None:
    table = data.draw(broken_cells(list(csv.reader(io.StringIO(MOODLE)))))
    text = io.StringIO()
    csv.writer(text).writerows(table)
    is_read_or_refused(text.getvalue().encode("utf-8", "replace"))


@MANY
@given(data=st.data())
def test_a_workbook_with_a_damaged_part_is_read_or_refused(data: st.DataObject) -> None:
    is_read_or_refused(data.draw(broken_workbook(SAMPLES["xlsx"])))


@settings(MANY, max_examples=40)
@given(data=st.data())
def test_a_workbook_with_cells_swapped_is_read_or_refused(data: st.DataObject) -> None:
    from openpyxl.utils.exceptions import IllegalCharacterError  # noqa: PLC0415 - slow, and only needed here

    def change(book: Any) -> None:
        page = data.draw(st.sampled_from(book.worksheets))
        table = data.draw(broken_cells([[cell.value for cell in row] for row in page.iter_rows()]))
        for row, values in zip(page.iter_rows(), table, strict=True):
            for cell, value in zip(row, values, strict=True):
                with suppress(IllegalCharacterError, ValueError):
                    cell.value = value

    is_read_or_refused(edited(SAMPLES["xlsx"], change))
