"""Everything that reaches into Reflex beyond its public API.

Each module says in one sentence, after "Relies on:" in its docstring, what it relies on. The tests
in tests/reflex_bridge fail with that sentence, and `make canary` runs them against the newest
pre-release. Nothing here imports anything of this project above: what the modules need of it they
are given as values and functions.
"""


class FrameworkChanged(RuntimeError):
    """The installed Reflex does not do what a module here relies on.

    Takes that module's docstring, whose sentence it repeats.
    """

    def __init__(self, docstring: str | None) -> None:
        super().__init__(
            f"The installed version of Reflex does not fit. Relied on: {relied_on(docstring)}"
        )


def relied_on(docstring: str | None) -> str:
    """The sentence after "Relies on:" in a module's docstring."""
    _, _, sentence = (docstring or "").partition("Relies on:")
    return " ".join(sentence.partition("\n\n")[0].split())
