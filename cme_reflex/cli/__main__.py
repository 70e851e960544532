"""`python -m cme_reflex.cli` is `cme`."""

from cme_reflex.cli import main

main()
