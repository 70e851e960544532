"""Entry point of `python -m cme_reflex.cli`, the same as `cme`."""

from cme_reflex.cli import main

main()
