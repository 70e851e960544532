"""All benchmarks in sequence: `make bench`."""

import asyncio
import sys
from pathlib import Path

from benchmarks import cold_load, load, search, stall


def main(programme: Path) -> None:
    """Run the benchmarks with this published programme of 943 sessions."""
    if not programme.is_file():
        sys.exit(f"{programme} does not exist. Set another: make bench PROGRAMME=file")
    load.main(programme, load.ROUNDS)
    asyncio.run(search.main(programme))
    stall.main(programme)
    cold_load.main(cold_load.ROUNDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
