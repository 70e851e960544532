"""The hand-written browser modules are few and import nothing else."""

import re

from cme_reflex.settings import ROOT

REFLEX = {"react", "$/utils/context-registry"}
IMPORT = re.compile(r"""(?:\bfrom|\bimport\(|\bimport)\s*["']([^"']+)""")

# Allowed imports of each module; page hooks import only each other.
PAGE_HOOKS = {
    "address.js",
    "connection.js",
    "fields.js",
    "first_screen.js",
    "index.js",
    "line_focus.js",
    "list_position.js",
    "meeting.js",
    "pending.js",
    "popup.js",
    "recover.js",
    "redirect.js",
    "refresh.js",
    "rendering.js",
    "resend.js",
    "sign_in_form.js",
    "sign_out.js",
    "tap_guard.js",
}
MODULES: dict[str, set[str]] = {
    "command_queue.js": set(),
    "first_screen.js": {"react"},
    "first_values.js": {"$/utils/context-registry"},
    "link.js": set(),
    "meeting.js": {"react"},
    "immediate_actions.js": {"$/public/command_queue.js"},
    "queue_notices.js": {
        "react",
        "$/public/command_queue.js",
        "$/public/immediate_actions.js",
    },
    "reflex_bridge.js": REFLEX
    | {
        "$/public/command_queue.js",
        "$/public/first_values.js",
        "$/public/immediate_actions.js",
        "$/public/meeting.js",
        "$/public/restore_position.js",
    },
    "restore_position.js": set(),
    **{f"page_hooks/{name}": {f"./{other}" for other in PAGE_HOOKS} for name in PAGE_HOOKS},
}


def sources() -> dict[str, str]:
    assets = ROOT / "assets"
    return {
        file.relative_to(assets).as_posix(): file.read_text("utf-8")
        for file in assets.rglob("*.js")
    }


def test_each_module_imports_only_what_is_allowed() -> None:
    assert set(sources()) == set(MODULES)
    for name, source in sources().items():
        assert set(IMPORT.findall(source)) <= MODULES[name], name


def test_the_entry_of_the_page_hooks_imports_them_all() -> None:
    imported = set(IMPORT.findall(sources()["page_hooks/index.js"]))
    helpers = {"index.js", "connection.js", "rendering.js"}
    assert imported == {f"./{name}" for name in PAGE_HOOKS - helpers}
