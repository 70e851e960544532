"""Bridge to the internals of Reflex: every use of it beyond its public API.

Each module's docstring names what it relies on, in one sentence after "Relies on:". The contract
tests in tests/reflex_bridge fail with that sentence, and `make canary` runs them against the newest
pre-release. Nothing here imports other packages of this project: callers pass in what it needs.
"""


class FrameworkChanged(RuntimeError):
    """The installed version of Reflex does not have what a module here relies on.

    Takes the module's docstring, and repeats its sentence in the message.
    """

    def __init__(self, docstring: str | None) -> None:
        super().__init__(
            f"The installed version of Reflex does not fit. Relied on: {relied_on(docstring)}"
        )


def relied_on(docstring: str | None) -> str:
    """The sentence after "Relies on:" in a module's docstring."""
    _, _, sentence = (docstring or "").partition("Relies on:")
    return " ".join(sentence.partition("\n\n")[0].split())
