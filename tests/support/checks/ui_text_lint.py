"""What of a source a person would read: literals of Python, and texts of a template."""

import ast
import re
from html.parser import HTMLParser

TWO_WORDS = re.compile(r"[^\W\d_][,.:!?…’”)]* +[(“&–]*[^\W\d_](?![\w-]*=)")
CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")
MARKS = re.compile(r"[…“”’]")
AT_AN_EDGE = re.compile(r"^[,.:;]? .*[^\W\d_]|[^\W\d_].* $")  # the part of a sentence
LETTER = re.compile(r"[^\W\d_]")

TEXT_PROPS = {
    "alt", "aria_label", "aria_description", "aria_placeholder", "aria_roledescription",
    "aria_valuetext", "hint", "label", "lead", "placeholder", "said", "title",
}  # fmt: skip
TEXT_CALLS = {
    "button", "button_link", "check_field", "chips", "notice", "page_link", "page_title",
    "plain_link", "rx.fragment", "select_field", "summary_list", "text_field",
}  # fmt: skip
"""What says its children, beside the elements of HTML."""
IGNORED_PROPS = {"class_name", "text_class", "headers", "app_wraps"}
IGNORED_CALLS = {
    "logger.debug", "logger.info", "logger.warning", "logger.error", "logger.exception",
    "logger.log", "_log", "log_extra", "re.compile", "TypeVar", "ParamSpec", "rx.Var",
}  # fmt: skip


def ui_texts(source: str) -> list[str]:
    """The literals of a module that a person would read, in their order."""
    finder = _Finder()
    finder.visit(ast.parse(source))
    return finder.found


def _outcome(case: ast.expr) -> ast.expr:
    return case.elts[-1] if isinstance(case, ast.Tuple) else case


class _Finder(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[str] = []
        self._said = False  # whether any letter here is read by somebody

    def visit_Constant(self, node: ast.Constant) -> None:
        text = node.value
        if isinstance(text, str) and (
            any(pattern.search(text) for pattern in (TWO_WORDS, CAPITALISED, MARKS, AT_AN_EDGE))
            or (self._said and LETTER.search(text))
        ):
            self.found.append(text)

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func)
        if called in IGNORED_CALLS:
            return
        child = called.startswith("rx.el.") or called in TEXT_CALLS
        # What is chosen to be said is said; what it is chosen by is not.
        chosen = called in ("rx.cond", "rx.match") and self._said
        self._with(said=False, nodes=[node.func])
        told = [_outcome(case) for case in node.args] if called == "rx.match" else node.args
        self._with(said=child or chosen, nodes=told)
        for keyword in node.keywords:
            if keyword.arg not in IGNORED_PROPS:
                self._with(said=keyword.arg in TEXT_PROPS, nodes=[keyword.value])

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            named = key.value if isinstance(key, ast.Constant) else ""
            attribute = str(named).replace("-", "_") in TEXT_PROPS
            self._with(said=attribute, nodes=[value] if key is None else [key, value])

    def visit_Compare(self, node: ast.Compare) -> None:
        self._with(said=False, nodes=[node.left, *node.comparators])

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._with(said=False, nodes=[node.iter, *node.ifs])

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._with(said=False, nodes=[node.value, node.slice])

    def visit_Assign(self, node: ast.Assign) -> None:
        if ast.unparse(node.targets[0]) not in (*IGNORED_PROPS, "tag"):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """An exception is for programmers; `text.errors` says what people hear of it."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """A type may be written as a text."""

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        node.returns = None
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast calls it by

    def _with(self, *, said: bool, nodes: list[ast.expr]) -> None:
        before, self._said = self._said, said
        for node in nodes:
            self.visit(node)
        self._said = before


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._quiet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet = tag == "style"
        said = {name.replace("-", "_"): value for name, value in attrs}
        self.found += [said[name] or "" for name in TEXT_PROPS & said.keys()]

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False

    def handle_data(self, data: str) -> None:
        if not self._quiet and LETTER.search(data):
            self.found.append(data.strip())


def template_texts(template: str) -> list[str]:
    """The words that a Jinja template has of its own."""
    reader = _Text()
    accent = r"\{% block accent %\}.*?\{% endblock %\}"
    told = re.sub(accent + r"|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", template, flags=re.DOTALL)
    reader.feed(told)
    return [text for text in reader.found if text]
