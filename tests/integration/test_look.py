"""Our markup is NHS.UK's, and everything people typed is escaped."""

import io
import json
import re
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import wtforms as wtf
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from jinja2 import UndefinedError
from wtforms.validators import InputRequired, Length

from tests.browsing import post_files
from tests.conftest import settings
from tracker import create_app
from tracker.accounts.sessions import Shown
from tracker.core.forms import ActionForm, DayField

NASTY = "<script>alert(1)</script>"
FORM = """\
{% extends "layout.html" %}
{% from "components/error_summary.html" import error_summary %}
{% from "components/field.html" import field %}
{% block title %}A form{% endblock %}
{% block content %}
{{ error_summary(form) }}
<h1>A form</h1>
<form method="post" enctype="multipart/form-data">
  {{ form.hidden_tag() }}
  {% for item in form if item.widget.input_type|default("") != "hidden" %}
  {{ field(item) }}
  {% endfor %}
</form>
{% endblock %}
"""


class Everything(ActionForm):
    name = wtf.StringField(NASTY, [InputRequired("Enter a name."), Length(max=10)], description=NASTY)
    text = wtf.TextAreaField("Text", [Length(max=10)])
    longer = wtf.TextAreaField("Longer")
    on = DayField("Day")
    one = wtf.RadioField("One", choices={"a": NASTY})
    many = wtf.SelectMultipleField("Many", choices={"a": NASTY})
    of = wtf.SelectField("Of", choices={"a": NASTY})
    yes = wtf.BooleanField("Yes", [InputRequired("Tick it.")])
    secret = wtf.PasswordField("Secret")
    files = wtf.MultipleFileField("Files")


@pytest.fixture(scope="module")
def form_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The tracker with a page for every kind of field; its database is never asked."""
    folder = tmp_path_factory.mktemp("look")
    app = create_app(settings(Path(folder), f"sqlite:///{folder / 'none.sqlite'}", EVIDENCE_LIMIT_BYTES=1024 * 1024))
    app.before_request_funcs[None] = [
        begin for begin in app.before_request_funcs[None] if begin.__name__ != "ask_to_sign_in"
    ]

    @app.route("/form", methods=["GET", "POST"])
    def form() -> ResponseReturnValue:
        shown = Everything()
        shown.validate_on_submit()
        return render_template_string(FORM, form=shown), shown.status

    return app


@pytest.fixture
def form_client(form_app: Flask) -> FlaskClient:
    return form_app.test_client()


class Tags(HTMLParser):
    """The tags of a page: name, class and what ties it to others."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_what_was_typed_comes_back_as_text(form_client: FlaskClient) -> None:
    typed = {"name": NASTY, "text": NASTY, "longer": NASTY, "on-day": NASTY, "one": NASTY, "version": "1"}
    answer = form_client.post("/form", data=typed)
    assert answer.status_code == 422
    assert NASTY not in answer.text
    assert answer.text.count("&lt;script&gt;alert(1)") >= 7


def test_every_problem_leads_to_an_input_that_names_it(form_client: FlaskClient) -> None:
    page = form_client.post("/form", data={"text": "x" * 20, "on-day": "31", "on-month": "2", "on-year": "2026"}).text
    tags = Tags(page).found
    targets = [str(attributes["href"])[1:] for tag, attributes in tags if tag == "a" and attributes["href"] != "/"]
    ids = {attributes.get("id") for _, attributes in tags}
    described = {str(word) for _, attributes in tags for word in (attributes.get("aria-describedby") or "").split()}
    assert {"name", "text", "on-day", "one", "of", "yes"} <= set(targets)
    assert {target for target in targets if target != "maincontent"} <= ids
    assert described <= ids
    assert {"name-hint", "name-error", "on-error", "text-info"} <= described
    assert len([name for name in (attributes.get("id") for _, attributes in tags) if name]) == len(ids - {None})


def test_too_large_a_file_keeps_every_word_of_the_form(form_client: FlaskClient) -> None:
    large = (io.BytesIO(b"x" * (1024 * 1024 + 1)), "scan.pdf")
    answer = post_files(form_client, "/form", {"name": "Ada", "files": large, "longer": "What I learned"})
    assert answer.status_code == 413
    assert "scan.pdf is larger than 1 MB. Choose a smaller file." in answer.text
    assert "What I learned" in answer.text


def test_a_file_as_large_as_allowed_is_not_too_large(form_client: FlaskClient) -> None:
    answer = post_files(form_client, "/form", {"files": (io.BytesIO(b"x" * 1024 * 1024), "scan.pdf")})
    assert answer.status_code == 422
    assert "larger than" not in answer.text


def test_an_undefined_name_in_a_page_of_ours_is_an_error(form_app: Flask) -> None:
    with form_app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ nobody }}")


def shape(text: str) -> list[tuple[str, str]]:
    """The tags of some markup with their classes, in order."""
    return [(tag, attributes.get("class") or "") for tag, attributes in Tags(text).found]


STATIC = ("vendor/nhsuk/nhsuk-frontend.min.css", "vendor/nhsuk/nhsuk-frontend.min.js", "tracker.css", "tracker.js")
# What of ours, and the macro of theirs that it stands for.
OWN_AND_THEIRS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "tag": (
        '{% from "components/tag.html" import tag %}{{ tag("x", "green") }}',
        "tag",
        "tag",
        {"text": "x", "colour": "green"},
    ),
    "button": (
        '{% from "components/button.html" import button %}{{ button("x", warning=true, small=true) }}',
        "button",
        "button",
        {"text": "x", "variant": "warning", "small": True, "preventDoubleClick": True},
    ),
    "link": (
        '{% from "components/button.html" import button %}{{ button("x", href="/y") }}',
        "button",
        "button",
        {"text": "x", "href": "/y"},
    ),
    "information": (
        '{% from "components/notice.html" import notice %}{{ notice("x") }}',
        "inset-text",
        "insetText",
        {"text": "x"},
    ),
    "success": (
        '{% from "components/notice.html" import notice %}{{ notice("x", "success") }}',
        "notification-banner",
        "notificationBanner",
        {"text": "x", "variant": "success"},
    ),
    "warning": (
        '{% from "components/notice.html" import notice %}{{ notice("x", "warning") }}',
        "warning-callout",
        "warningCallout",
        {"heading": "y", "text": "x", "headingLevel": 2},
    ),
    "errors": (
        '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}',
        "error-summary",
        "errorSummary",
        {"titleText": "x", "errorList": [{"text": "y", "href": "#name"}]},
    ),
    "header": (
        '{% set shown = person %}{% include "_header.html" %}',
        "header",
        "header",
        {
            "service": {"text": "x", "href": "/"},
            "logo": {"href": "/z"},
            "account": {"items": [{"text": "x", "href": "/"}, {"text": "y", "action": "/"}]},
            "navigation": {"items": [{"text": "x", "href": "/"}]},
        },
    ),
    "footer": ('{% extends "layout.html" %}', "footer", "footer", {"copyright": "x"}),
    "skip link": ('{% extends "layout.html" %}', "skip-link", "skipLink", {}),
}
LOGO = {("a", "nhsuk-header__service-logo"), ("svg", "nhsuk-header__logo"), ("title", ""), ("path", "")}


@pytest.mark.parametrize("what", OWN_AND_THEIRS)
def test_our_own_markup_is_made_of_theirs(form_app: Flask, what: str) -> None:
    own, folder, macro, given = OWN_AND_THEIRS[what]
    call = f'{{% from "nhsuk/components/{folder}/macro.jinja" import {macro} %}}{{{{ {macro}(given) }}}}'
    with form_app.test_request_context(method="POST"):
        form = Everything()
        form.validate()
        written = shape(render_template_string(own, person=Shown("Ada", frozenset()), form=form))
        expected = shape(render_template_string(call, given=given))
    assert expected
    assert set(expected) - set(written) <= LOGO


def test_a_page_asks_no_other_host_and_each_file_once(form_client: FlaskClient) -> None:
    page = form_client.get("/form").text
    addresses = re.findall(r'(?:src|href)="([^"#]+)"|from "([^"]+)"', page)
    loaded = [first or second for first, second in addresses if (first or second) != "/"]
    assert all(address.startswith("/static/") and "?v=" in address for address in loaded)
    for address in loaded:
        with form_client.get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_first_visit_weighs_little(form_client: FlaskClient) -> None:
    size_bytes = 0
    for name in STATIC:
        with form_client.get(f"/static/{name}?v=1", headers={"Accept-Encoding": "gzip"}) as answer:
            size_bytes += len(answer.data)
    assert size_bytes < 60_000


def test_a_file_is_sent_unpacked_to_who_cannot_unpack_it(form_client: FlaskClient) -> None:
    with form_client.get("/static/vendor/nhsuk/nhsuk-frontend.min.css") as answer:
        assert "Content-Encoding" not in answer.headers
        assert b".nhsuk-header" in answer.data
        assert b"https://" not in answer.data


def test_the_macros_and_the_stylesheet_are_of_one_release() -> None:
    released_together = {"10.6.1": "0.10.2"}
    lock = json.loads(Path("package-lock.json").read_text("utf-8"))
    stylesheet = lock["packages"]["node_modules/nhsuk-frontend"]["version"]
    assert released_together[stylesheet] == version("nhsuk-frontend-jinja")
    assert not any("resolved" in package for package in lock["packages"].values())


def test_scripts_of_ours_alone_run(form_client: FlaskClient) -> None:
    answer: Any = form_client.get("/form")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert "default-src 'none'" in policy
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    assert all("src=" in script or f'nonce="{nonce[1]}"' in script for script in scripts)
    assert nonce[1] not in form_client.get("/form").text
