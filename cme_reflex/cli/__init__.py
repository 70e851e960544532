"""The `cme` command."""


def main() -> None:
    """Run the command line; what it needs is imported by the command that needs it."""
    from cme_reflex.cli.commands import app

    app()
