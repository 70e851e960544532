"""Text for a terminal."""


def printable(text: str) -> str:
    """The text without characters that control a terminal, which files and names may contain."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )
