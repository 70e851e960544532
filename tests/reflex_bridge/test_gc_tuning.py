import asyncio
import gc

import pytest

from cme_reflex.web import gc_tuning


async def test_full_collections_run_on_a_timer_while_serving(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gc_tuning, "FULL_COLLECTION_EVERY", 0.01)
    before, searched = gc.get_threshold(), asyncio.Event()

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == 2:
            searched.set()

    async with gc_tuning.tuned_gc():
        gc.callbacks.append(note)
        try:
            assert gc.get_threshold()[2] == gc_tuning.NEVER
            assert gc.get_freeze_count() > 0
            await asyncio.wait_for(searched.wait(), 30)
        finally:
            gc.callbacks.remove(note)
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
