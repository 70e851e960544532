"""`cme db`, `cme tokens`, and the commands without a group: backups, build and server."""

from typing import Annotated

import typer

from cme_reflex.cli.declaration import implemented_in
from cme_reflex.cli.options import AsJson, DryRun, File, Force

HOST = "127.0.0.1"
PORT = 3000

db = typer.Typer(help="The tables of the database (CME_DATABASE_URL).", no_args_is_help=True)
tokens = typer.Typer(help="Tokens of systems that read claims over HTTP.", no_args_is_help=True)
toplevel = typer.Typer()

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
TokenName = Annotated[str, typer.Argument(help="What to know it by, such as membership-2025.")]


@db.command()
@implemented_in("cme_reflex.cli.operations.database")
def upgrade(revision: Annotated[str, typer.Argument()] = "head") -> None:
    """Bring the database to a revision, by default the newest."""


@db.command()
@implemented_in("cme_reflex.cli.operations.database")
def downgrade(revision: Annotated[str, typer.Argument(help='A revision, or "base".')]) -> None:
    """Take the database back to an older revision. What only newer tables hold is lost."""


@db.command()
@implemented_in("cme_reflex.cli.operations.database")
def current() -> None:
    """Print the database's revision."""


@tokens.command("new")
@implemented_in("cme_reflex.cli.operations.tokens")
def create_token(name: TokenName, as_json: AsJson = False) -> None:
    """Make a token and print it, this once."""


@tokens.command("list")
@implemented_in("cme_reflex.cli.operations.tokens")
def list_tokens(as_json: AsJson = False) -> None:
    """Print every token that was made: by whom, when it was last used, whether it is revoked."""


@tokens.command("revoke")
@implemented_in("cme_reflex.cli.operations.tokens")
def revoke_token(name: TokenName, as_json: AsJson = False) -> None:
    """Let a token open nothing from now on."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.backup")
def backup(file: File, force: Force = False, as_json: AsJson = False) -> None:
    """Write all records of this moment into one file, while the server runs."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.backup")
def restore(
    file: File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the claims that are there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the database to what a backup holds, all or nothing; all sign-ins end."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.purge")
def purge(
    before: Annotated[
        str, typer.Option(metavar="DATE", help="Meetings that ended before this date.")
    ],
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete the records of meetings that are past their six years."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.frontend")
def build() -> None:
    """Build the frontend, unless what it is made of is as it was at the last build."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.server")
def serve(host: Host = HOST, port: Port = PORT) -> None:
    """Serve the built application until stopped; one worker unless REFLEX_REDIS_URL is set."""


@toplevel.command()
@implemented_in("cme_reflex.cli.operations.demo")
def demo(
    port: Port = PORT,
    reset: Annotated[bool, typer.Option("--reset", help="Start with an empty database.")] = False,
) -> None:
    """Build, load and serve the demo meeting with a database of its own."""
