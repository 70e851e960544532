"""The kind of a browser, as its owner recognizes it: "Safari, iPhone"."""

# In this order: the names of later ones are also in the headers of earlier ones.
_BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser_kind(user_agent: str) -> str:
    """Browser and device of a User-Agent header, each one of a short list; empty if unknown."""
    kinds = (
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, _DEVICES)
    )
    return ", ".join(filter(None, kinds))
