"""No page, component, state or route has words of its own for people: they stand in words/."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from cme_reflex import text
from cme_reflex.text.plural import Plural
from tests.support.checks.ui_text_lint import MARKS, TWO_WORDS, template_texts, ui_texts

HOUSE = Path(text.__file__).parents[1]
FLOORS = ("pages", "components", "state", "web")
BESIDE = ("cme_reflex.py", "services/meetings/meeting_view.py")

OTHERS = {
    "web/logs.py": "writes the log, which operators read",
    "web/events/event_validation.py": "gives reasons of rejections, for the log",
    "web/routes/api.py": "tells programs and those who write them",
    "web/routes/api_document.py": "tells programs and those who write them",
    "web/routes/problems.py": "tells programs and those who write them",
    "web/access_policy.py": "names audiences, in tests and errors",
    "web/middleware/socket_limits.py": "closes sockets, whose reasons no page shows",
}
"""Modules whose sentences no attendee reads."""


@pytest.mark.parametrize(
    "source",
    [
        'rx.el.p("Saved")',
        'rx.el.p("saved")',
        'rx.el.p(rx.cond(done, "required", "optional"))',
        'rx.el.span(line.hours, " hours", class_name="font-semibold")',
        'rx.el.p(f"{done} of {total}")',
        'rx.el.section(bar, aria_label="help")',
        'rx.el.div(custom_attrs={"aria-label": "help"})',
        'text_field("Last Name", field_id="last-name")',
        'text_field(words.NAME, hint="optional")',
        'text_field(words.NAME, placeholder="e.g. breast")',
        'button("undo", on_click=Home.undo)',
        'summary_list(("sessions", Submit.totals.sessions))',
        'button(icon("plus"), "add", title="more")',
        'self._set(announcement=f"{count} found", problem="")',
        'self._show(visit, said="kept")',
        'label = "None chosen" if none else hours',
        'views.Choice("", "All days")',
        'NOTICES = {"link-used": "This link was used before."}',
        'PlainTextResponse("Too long for a sign-in.", status_code=413)',
        'head = meeting + ", confirmation " + number',
        'rx.match(kind, ("scale", rx.el.p("none")))',
        'chips("Day", days)',
        'heading = "…"',
    ],
)
def test_words_are_found(source: str) -> None:
    assert ui_texts(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Words in a docstring."""',
        'def f(row: "Row") -> "Row": ...',
        'rx.el.p(words.home.SUBMITTED, class_name="text-15 font-semibold")',
        'rx.el.input(type="checkbox", name="consent", auto_complete="family-name")',
        'rx.el.p(rx.cond(Home.locked != "", words.claim.LOCKED, ""), role="status")',
        'icon("check", class_name="text-done print:hidden")',
        'class_name = "sr-only" if hidden else "block text-15"',
        'raise ValueError("no such door: say who may call it")',
        'logger.info("a request failed", extra=fields(path="no path"))',
        'rx.el.a(words.BACK, href="/claim#conflicts", target="_blank")',
        'Response(made, media_type="text/csv; charset=utf-8")',
        'FOREVER = "public, max-age=31536000, immutable"',
        'asked = given.get("day", "")',
        'rx.el.div(custom_attrs={"data-save-message": "saved"})',
        'rx.el.div(rx.match(kind, ("scale", scale), ("text", text)))',
        'rx.el.div(*(told(code) for code in ("expired", "missing")))',
    ],
)
def test_texts_that_no_person_reads_are_not_found(source: str) -> None:
    assert ui_texts(source) == []


def _modules() -> Iterator[Path]:
    for floor in FLOORS:
        yield from sorted((HOUSE / floor).rglob("*.py"))
    yield from (HOUSE / name for name in BESIDE)


def test_no_words_stand_beside_the_package() -> None:
    found = {
        name: literals
        for path in _modules()
        if (name := path.relative_to(HOUSE).as_posix()) not in OTHERS
        and (literals := ui_texts(path.read_text("utf-8")))
    }
    # How a browser is told that both schemes are there.
    assert found == {"cme_reflex.py": ["light dark"]}


def test_modules_that_are_left_out_are_there() -> None:
    assert [name for name in OTHERS if not (HOUSE / name).is_file()] == []


def test_pages_that_the_server_writes_have_no_words_of_their_own() -> None:
    assert template_texts('<p title="more">{{ words.x }} or <b>less</b></p>') == [
        "more",
        "or",
        "less",
    ]
    found = {
        path.name: texts
        for path in (HOUSE / "web" / "templates").glob("*.html")
        if (texts := template_texts(path.read_text("utf-8")))
    }
    assert found == {}


def test_scripts_have_no_words() -> None:
    literal = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""")
    found = [
        (path.name, string)
        for path in sorted((HOUSE.parent / "assets").rglob("*.js"))
        for line in path.read_text("utf-8").splitlines()
        for _, string in literal.findall(line.split("// ")[0])
        if TWO_WORDS.search(string) or MARKS.search(string)
        if not string.startswith("⟦%")  # a statement of Jinja
    ]
    # What one tab calls to the others; nobody reads it.
    assert found == [("sign_out.js", "signed out")]


def _sentences() -> Iterator[tuple[str, object]]:
    for module in vars(text).values():
        if isinstance(module, ModuleType) and module.__name__.startswith(f"{text.__name__}."):
            for name, value in vars(module).items():
                if name.isupper():
                    yield f"{module.__name__.rpartition('.')[2]}.{name}", value


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_format_fields_have_names() -> None:
    nameless = []
    for name, value in _sentences():
        texts = value.values() if isinstance(value, dict) else [value]
        for each in texts:
            forms = (each.one, each.other) if isinstance(each, Plural) else (each,)
            named = set().union(*(_names(form) for form in forms if isinstance(form, str)))
            if not all(name.isidentifier() for name in named):
                nameless.append(name)
    assert nameless == []


def test_both_forms_of_a_plural_say_the_same() -> None:
    for name, value in _sentences():
        if isinstance(value, Plural):
            assert _names(value.one) | {"count"} == _names(value.other) | {"count"}, name


def test_every_text_is_used() -> None:
    house = "".join(
        path.read_text("utf-8") for pattern in ("*.py", "*.html") for path in HOUSE.rglob(pattern)
    )
    once = [
        name
        for name, _ in _sentences()
        if f"text.{name}" not in house
        and not re.search(rf"\b{name.rpartition('.')[2]}\b(?!: Final)", _module_of(name))
    ]
    assert once == []


def _module_of(name: str) -> str:
    return Path(str(vars(text)[name.rpartition(".")[0]].__file__)).read_text("utf-8")
