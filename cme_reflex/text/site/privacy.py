"""The meeting's privacy statement, which is in its own words."""

from typing import Final

TITLE: Final = "Privacy"
