"""Who gets what answer from every route: `access.csv` has a line for each route and method, a column for each person.

A name in a path, such as <own_entry>, is a thing of tests/house/people.py. A POST sends an empty form: 422 or 409 means
that the person may do this, with better words or at another time.
"""

import csv
import re
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from werkzeug.routing import Rule

from tests.house.people import NOON, Company, gather
from tracker.core.db import db

TABLE = Path(__file__).with_name("access.csv")
UNTOLD = {"HEAD", "OPTIONS"}  # made by Flask: the same as GET, and no answer of ours


def lines() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def fill(path: str, company: Company) -> str:
    return re.sub(r"<(\w+)>", lambda named: str(company.things[named.group(1)]), path)


def routes(app: Flask) -> set[tuple[str, str]]:
    return {(method, rule.rule) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - UNTOLD}


def rule_of(app: Flask, method: str, address: str) -> tuple[str, str]:
    """The route that answers an address."""
    rule, _ = app.url_map.bind("localhost").match(address, method, return_rule=True)
    assert isinstance(rule, Rule)
    return method, rule.rule


def ask(app: Flask, cookie: str, method: str, address: str) -> int:
    """The status of the answer. What the request wrote is undone."""
    connection: Any = db.engine  # while a test runs
    with connection.begin_nested() as asked:
        answer = app.test_client(use_cookies=False).open(address, method=method, headers={"Cookie": cookie})
        answer.close()
        db.session.remove()
        asked.rollback()
    return answer.status_code


@time_machine.travel(NOON, tick=False)
def test_every_route_answers_each_kind_of_person_as_the_table_says(app: Flask) -> None:
    company = gather(app)
    wrong = []
    for line in lines():
        address = fill(line["path"], company)
        for kind, cookie in company.cookies.items():
            status = ask(app, cookie, line["method"], address)
            if status != int(line[kind]):
                wrong.append(f"{line['method']} {line['path']} as {kind}: {status}, not {line[kind]}")
    assert wrong == []


@time_machine.travel(NOON, tick=False)
def test_every_route_has_a_line(app: Flask) -> None:
    company = gather(app)
    told = {rule_of(app, line["method"], fill(line["path"], company)) for line in lines()}
    assert sorted(routes(app) - told) == []
