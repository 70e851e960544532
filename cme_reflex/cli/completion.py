"""Shell completion for arguments that are files, folders or meetings."""

from pathlib import Path


def paths(incomplete: str) -> list[str]:
    """Files and folders with this prefix."""
    folder, prefix = _split(incomplete)
    return _completions([each for each in _entries(folder) if each.name.startswith(prefix)])


def meetings(incomplete: str) -> list[str]:
    """Folders with this prefix, and matching meetings in CME_MEETINGS by their full paths."""
    from cme_reflex.settings import settings

    folder, prefix = _split(incomplete)
    matches = [each for each in _entries(folder) if each.is_dir() and each.name.startswith(prefix)]
    if "/" not in incomplete:
        entries = _entries(settings().meetings)
        matches += [each for each in entries if each.is_dir() and each.name.startswith(prefix)]
    return _completions(matches)


def _split(incomplete: str) -> tuple[Path, str]:
    folder, _, prefix = incomplete.rpartition("/")
    return Path(folder or ("/" if incomplete.startswith("/") else ".")), prefix


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError:
        return []


def _completions(matches: list[Path]) -> list[str]:
    return [f"{each}/" if each.is_dir() else str(each) for each in matches]
