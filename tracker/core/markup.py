"""Turns a form field into what NHS.UK's macros take: the one place that knows both."""

from collections.abc import Callable, Mapping
from typing import Any

import wtforms as wtf
from wtforms.validators import Length

from tracker.core.day_field import PARTS, DayField

Params = dict[str, Any]


def nhsuk_params(field: wtf.Field, options: Mapping[str, Any]) -> tuple[str, Params]:
    """The macro that shows a field, and what it is given. `options` are those of components/field.html."""
    for kind, describe in SHOWN_BY:  # the special before the general: a radio is a select to WTForms
        if isinstance(field, kind):
            macro, params = describe(field, options)
            return macro, _said(_common(field, options) | params)
    raise TypeError(f"{field.name} is a {type(field).__name__}: say in core/markup.py how it is shown.")


def _said(params: Params) -> Params:
    """Only what is said: an empty text would become an empty attribute."""
    return {name: value for name, value in params.items() if value != "" or name == "value"}


def _common(field: wtf.Field, options: Mapping[str, Any]) -> Params:
    hint = options.get("hint", field.description)
    params: Params = {
        "id": field.id,
        "name": field.name,
        "formGroup": {"classes": options.get("group_classes", "")},
        "classes": options.get("classes", ""),
    }
    if hint:
        params["hint"] = {"text": str(hint)}
    if field.errors:
        params["errorMessage"] = {"text": str(field.errors[0])}
    return params


def _label(field: wtf.Field, options: Mapping[str, Any]) -> Params:
    hidden = "nhsuk-u-visually-hidden" if options.get("hidden_label") else ""
    return {
        "text": options.get("label", field.label.text),
        "size": options.get("label_size", ""),
        "isPageHeading": options.get("page_heading", False),
        "classes": hidden,
    }


def _typed(field: wtf.Field) -> str:
    """What was typed, to the last space, or else what is stored."""
    raw = getattr(field, "raw_data", None)
    if raw and isinstance(raw[0], str):
        return raw[0]
    return str(field._value())  # type: ignore[attr-defined] # noqa: SLF001 - WTForms's own widgets call it


def _input(field: wtf.Field, options: Mapping[str, Any]) -> tuple[str, Params]:
    number = isinstance(field, wtf.IntegerField | wtf.DecimalField)
    kind = {wtf.EmailField: "email", wtf.TelField: "tel"}.get(type(field), "text")
    return "input", {
        "label": _label(field, options),
        "value": _typed(field),
        "type": kind,
        "width": options.get("width", 5 if number else ""),
        "inputmode": options.get("inputmode", "numeric" if isinstance(field, wtf.IntegerField) else ""),
        "autocomplete": options.get("autocomplete", ""),
        "spellcheck": options.get("spellcheck", ""),
        "suffix": options.get("suffix", ""),
    }


def _textarea(field: wtf.Field, options: Mapping[str, Any]) -> tuple[str, Params]:
    rules: list[Any] = list(field.validators)
    most = max((rule.max for rule in rules if isinstance(rule, Length)), default=-1)
    params = {"label": _label(field, options), "value": _typed(field), "rows": options.get("rows", 5)}
    if most > 0:
        return "characterCount", params | {"maxlength": most, "threshold": options.get("threshold", 50)}
    return "textarea", params


def _password(field: wtf.Field, options: Mapping[str, Any]) -> tuple[str, Params]:
    return "passwordInput", {
        "label": _label(field, options),
        "autocomplete": options.get("autocomplete", "current-password"),
    }


def _file(field: wtf.Field, options: Mapping[str, Any]) -> tuple[str, Params]:
    attributes = {"accept": options["accept"]} if options.get("accept") else {}
    return "fileUpload", {
        "label": _label(field, options),
        "multiple": isinstance(field, wtf.MultipleFileField),
        "attributes": attributes,
    }


def _fieldset(field: wtf.Field, options: Mapping[str, Any]) -> Params:
    return {"legend": _label(field, {"label_size": "s", **options})}


def _choices(macro: str) -> Callable[[wtf.SelectField, Mapping[str, Any]], tuple[str, Params]]:
    def describe(field: wtf.SelectField, options: Mapping[str, Any]) -> tuple[str, Params]:
        return macro, {
            "idPrefix": field.id,
            "id": "",
            "fieldset": _fieldset(field, options),
            "small": options.get("small", False),
            "inline": options.get("inline", False),
            "items": _items(field, options),
        }

    return describe


def _items(field: wtf.SelectField, options: Mapping[str, Any]) -> list[Params]:
    hints, reveals = options.get("hints", {}), options.get("reveals", {})
    items = []
    for choice in field.iter_choices():
        value, text, checked = choice[:3]
        item: Params = {"value": str(value), "text": str(text), "checked": bool(checked)}
        if value in hints:
            item["hint"] = {"text": hints[value]}
        if value in reveals:
            item["conditional"] = {"html": reveals[value]}
        items.append(item)
    return items


def _select(field: wtf.SelectField, options: Mapping[str, Any]) -> tuple[str, Params]:
    items = [item | {"selected": item["checked"]} for item in _items(field, {})]
    return "select", {"label": _label(field, options), "items": items}


def _single_checkbox(field: wtf.BooleanField, options: Mapping[str, Any]) -> tuple[str, Params]:
    """One box whose label is the statement that is ticked."""
    item: Params = {"value": "y", "text": str(options.get("label", field.label.text)), "checked": bool(field.data)}
    if field.description:
        item["hint"] = {"text": str(field.description)}
    return "checkboxes", {"idPrefix": field.id, "id": "", "hint": "", "items": [item]}


def _day(field: DayField, options: Mapping[str, Any]) -> tuple[str, Params]:
    widths = {"day": 2, "month": 2, "year": 4}
    return "dateInput", {
        "fieldset": _fieldset(field, options),
        "items": [
            {
                "id": f"{field.id}-{part}",
                "name": f"{field.name}-{part}",
                "label": part.capitalize(),
                "value": typed,
                "classes": f"nhsuk-input--width-{widths[part]}"
                + (" nhsuk-input--error" if field.errors and part in field.wrong else ""),
            }
            for part, typed in zip(PARTS, field.typed, strict=True)
        ],
    }


SHOWN_BY: tuple[tuple[type[wtf.Field], Callable[[Any, Mapping[str, Any]], tuple[str, Params]]], ...] = (
    (DayField, _day),
    (wtf.SelectMultipleField, _choices("checkboxes")),
    (wtf.RadioField, _choices("radios")),
    (wtf.SelectField, _select),
    (wtf.BooleanField, _single_checkbox),
    (wtf.FileField, _file),
    (wtf.PasswordField, _password),
    (wtf.TextAreaField, _textarea),
    (wtf.Field, _input),
)
