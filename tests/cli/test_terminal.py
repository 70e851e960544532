import pytest
import typer

from cme_reflex.cli.errors import CliError, reported_errors
from cme_reflex.cli.output import emit


def test_a_name_does_not_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    emit(["Kim \x1b[2J\x9b\u202eNúñez", "two\nlines"], None, as_json=False)
    with pytest.raises(typer.Exit), reported_errors():
        raise CliError("There is no file \x1b]0;evil\x07.")
    printed = capsys.readouterr()
    assert printed.out == "Kim \ufffd[2J\ufffd\ufffdNúñez\ntwo\nlines\n"
    assert printed.err == "There is no file \ufffd]0;evil\ufffd.\n"
