"""Command line interface: the `cme` command."""


def main() -> None:
    """Run the command line. Each command imports its own dependencies, to start quickly."""
    from cme_reflex.cli.commands import app

    app()
