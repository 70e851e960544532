"""All that is measured, one after the other: `make bench`."""

import asyncio
import sys
from pathlib import Path

from benchmarks import cold_load, load, search


def main(programme: Path) -> None:
    """Measure with this published programme of 943 sessions."""
    if not programme.is_file():
        sys.exit(f"There is no {programme}. Name a published programme: make bench PROGRAMME=file")
    load.main(programme, load.ROUNDS)
    asyncio.run(search.main(programme))
    cold_load.main(cold_load.ROUNDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
