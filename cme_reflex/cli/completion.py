"""What the shell offers at the Tab key where a file, a folder or a meeting is meant."""

from pathlib import Path


def paths(incomplete: str) -> list[str]:
    """The files and folders that begin so."""
    folder, begun = _split(incomplete)
    return _offered([each for each in _entries(folder) if each.name.startswith(begun)])


def meetings(incomplete: str) -> list[str]:
    """The folders that begin so, and the society's meetings by their whole paths."""
    from cme_reflex.settings import settings

    folder, begun = _split(incomplete)
    found = [each for each in _entries(folder) if each.is_dir() and each.name.startswith(begun)]
    if "/" not in incomplete:
        known = _entries(settings().meetings)
        found += [each for each in known if each.is_dir() and each.name.startswith(begun)]
    return _offered(found)


def _split(incomplete: str) -> tuple[Path, str]:
    folder, _, begun = incomplete.rpartition("/")
    return Path(folder or ("/" if incomplete.startswith("/") else ".")), begun


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError:
        return []


def _offered(found: list[Path]) -> list[str]:
    return [f"{each}/" if each.is_dir() else str(each) for each in found]
