"""Forms: a label, a hint and an error for every field; the button waits while the form is on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import (
    Element,
    Node,
    Renderable,
    VoidElement,
    a,
    code,
    dialog,
    div,
    fieldset,
    fragment,
    h2,
    legend,
    option,
    p,
    select,
    span,
    textarea,
)
from htpy import button as button_
from htpy import form as form_
from htpy import input as input_
from htpy import label as label_

from flaresmith.ui.text import name, safe_href, visible

Attribute = str | bool | None
_SPECIAL = frozenset("^$\\.*+?()[]{}|/")


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `kind` is an input type, or textarea, select, radio, checkbox; `options` are (value, words).

    `autocomplete` and `pattern` are the HTML attributes; `error` is what is wrong with the value, in a sentence.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    error: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    autocomplete: str = "off"
    pattern: str = ""
    placeholder: str = ""
    maxlength: int | None = None


def form(
    fields: Sequence[Field], *, action: str, submit: str, csrf: str, pending: str = "", errors: Sequence[str] = (),
    cancel_href: str = "", danger: bool = False, id: str = "", enctype: str = "",
) -> Element:  # fmt: skip
    """A form that posts; `errors` belong to no single field; `pending` is the button's word while it is on its way."""
    return form_(
        ".form", id=id or None, method="post", action=safe_href(action), enctype=enctype or None, data_form=True
    )[
        input_(type="hidden", name="csrf_token", value=csrf),
        errors and _errors(errors),
        (_field(field, id) for field in fields),
        div(".row")[
            button(submit, primary=True, danger=danger, pending=pending),
            cancel_href and a(".button", href=safe_href(cancel_href))["Cancel"],
        ],
    ]


def fields(questions: Sequence[Field]) -> list[Element]:
    """The questions alone, for a form that holds other things as well."""
    return [_field(question, "") for question in questions]


def button(
    words: str, *, primary: bool = False, danger: bool = False, small: bool = False, disabled: str = "",
    pending: str = "", name: str = "", value: str = "",
) -> Element:  # fmt: skip
    """A submitting button. A disabled one keeps its place in the tab order and says why in `disabled`."""
    return button_(
        class_={"button": True, "primary": primary, "danger": danger, "small": small},
        type="button" if disabled else "submit", name=name or None, value=value or None,
        aria_disabled="true" if disabled else None, title=disabled or None, data_pending=pending or None,
    )[words, disabled and span(".sr")[f" ({disabled})"]]  # fmt: skip


def link_button(words: str, href: str, *, primary: bool = False, keys: str = "") -> Element:
    """A link that looks like a button, for going somewhere to do something."""
    return a(class_={"button": True, "primary": primary}, href=safe_href(href), data_keys=keys or None)[words]


def post_button(
    words: str, action: str, *, csrf: str, primary: bool = False, danger: bool = False, pending: str = "",
    fields: Sequence[tuple[str, str]] = (),
) -> Element:  # fmt: skip
    """A form that is only a button."""
    return form_(method="post", action=safe_href(action), data_form=True)[
        input_(type="hidden", name="csrf_token", value=csrf),
        (input_(type="hidden", name=key, value=value) for key, value in fields),
        button(words, primary=primary, danger=danger, pending=pending),
    ]


def sign_in(
    *, action: str, csrf: str, email: str = "", error: str = "", next_href: str = "", register_href: str = ""
) -> Element:
    """The sign-in form: e-mail and password, one error that does not tell which of them was wrong."""
    return div[
        form_(".form", method="post", action=safe_href(action), data_form=True)[
            input_(type="hidden", name="csrf_token", value=csrf),
            next_href and input_(type="hidden", name="next", value=next_href),
            error and _errors([error]),
            _field(Field("email", "E-mail", "email", email, required=True, autocomplete="username"), ""),
            _field(Field("password", "Password", "password", required=True, autocomplete="current-password"), ""),
            div(".row")[
                button("Sign in", primary=True, pending="Signing in"),
                register_href and a(href=safe_href(register_href))["Create an account"],
            ],
        ]
    ]


def confirm(
    id: str, *, opener: str, title: str, body: Node, action: str, submit: str, csrf: str, typed: str = "",
    danger: bool = True,
) -> Renderable:  # fmt: skip
    """A button that opens a native dialog which asks once more; with `typed`, that word must be typed first."""
    return fragment[
        button_(
            class_={"button": True, "danger": danger}, type="button", command="show-modal", commandfor=id, data_open=id
        )[opener],
        dialog(id=id, aria_labelledby=f"{id}-title", closedby="any")[
            h2(id=f"{id}-title")[title], div[body], _confirmation(id, action, submit, csrf, typed, danger)
        ],
    ]


def _confirmation(id: str, action: str, submit: str, csrf: str, typed: str, danger: bool) -> Element:
    return form_(".form", method="post", action=safe_href(action), data_form=True)[
        input_(type="hidden", name="csrf_token", value=csrf),
        typed and _typed(id, typed),
        div(".row")[
            button(submit, primary=True, danger=danger),
            button_(".button", type="button", command="close", commandfor=id, data_close=id)["Cancel"],
        ],
    ]


def _typed(id: str, typed: str) -> Element:
    pattern = "".join(f"\\{c}" if c in _SPECIAL else c for c in typed)
    return div(".field")[
        label_(for_=f"{id}-typed")["Type ", code[name(typed)], " to go on"],
        input_(
            ".input", id=f"{id}-typed", name="typed", required=True, pattern=pattern, autocomplete="off",
            spellcheck="false", title=f"Exactly: {visible(typed)}",
        ),
    ]  # fmt: skip


def _errors(errors: Sequence[str]) -> Element:
    return div(".notice", data_tone="bad", role="alert")[
        span(".status", data_tone="bad")[span(".glyph", aria_hidden="true")["■"], span(".sr")["Error:"]],
        div[(p[visible(error)] for error in errors)],
    ]


def _field(field: Field, form_id: str) -> Element:
    id = f"{form_id}-{field.name}" if form_id else f"f-{field.name}"
    if field.kind == "radio":
        return fieldset(".field", aria_describedby=_described(field, id))[
            legend[field.label],
            (_choice(field, id, number, each) for number, each in enumerate(field.options)),
            _help(field, id),
        ]
    if field.kind == "checkbox":
        return div(".field")[
            label_(".choice")[_input(field, id, checked=bool(field.value)), span[field.label]], _help(field, id)
        ]
    words = label_(for_=id)[field.label, not field.required and span(".muted")[" (optional)"]]
    return div(".field")[words, _control(field, id), _help(field, id)]


def _choice(field: Field, id: str, number: int, choice: tuple[str, str]) -> Element:
    value, words = choice
    return label_(".choice")[
        input_(
            type="radio", id=f"{id}-{number}", name=field.name, value=value, required=field.required,
            checked=value == field.value,
        ),
        span[words],
    ]  # fmt: skip


def _control(field: Field, id: str) -> Renderable:
    common: dict[str, Attribute] = {
        "id": id, "name": field.name, "required": field.required, "aria-describedby": _described(field, id),
        "aria-invalid": "true" if field.error else None, "autocomplete": field.autocomplete,
    }  # fmt: skip
    if field.kind == "textarea":
        return textarea(".input", common, maxlength=field.maxlength, placeholder=field.placeholder or None)[field.value]
    if field.kind == "select":
        chosen = (option(value=value, selected=value == field.value)[words] for value, words in field.options)
        return select(".input", common)[chosen]
    return _input(field, id)


def _input(field: Field, id: str, *, checked: bool = False) -> VoidElement:
    box = field.kind == "checkbox"
    secret = field.kind == "password"
    return input_(
        "" if box else ".input", type=field.kind, id=id, name=field.name, required=field.required,
        value="yes" if box else None if secret else field.value, checked=checked,
        pattern=field.pattern or None, placeholder=field.placeholder or None, maxlength=field.maxlength,
        autocomplete=None if box else field.autocomplete, aria_describedby=_described(field, id),
        aria_invalid="true" if field.error else None, spellcheck="false",
    )  # fmt: skip


def _described(field: Field, id: str) -> str | None:
    return " ".join([f"{id}-hint"] * bool(field.hint) + [f"{id}-error"] * bool(field.error)) or None


def _help(field: Field, id: str) -> Renderable:
    return fragment[
        field.hint and p(".hint", id=f"{id}-hint")[field.hint],
        field.error and p(".error", id=f"{id}-error")[span(aria_hidden="true")["■ "], visible(field.error)],
    ]
