"""How much one client may have, on a clock that the test turns."""

from cme_reflex.web.bounds import SWEEP, Bound, Connections, Rate
from cme_reflex.web.socket import PER_ADDRESS, PER_SIGN_IN


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def allowed(rate: Rate) -> int:
    """How many may come at this moment."""
    return next(count for count in range(1_000_000) if not rate.allows())


def test_so_many_at_once_and_so_many_a_second() -> None:
    clock = Clock()
    rate = Rate(per_second=2, at_once=5, clock=clock)
    assert allowed(rate) == 5
    clock.now = 0.5
    assert allowed(rate) == 1
    clock.now = 2.0
    assert allowed(rate) == 3
    clock.now = 1000.0
    assert allowed(rate) == 5


def test_a_congress_centre_has_one_address_and_two_thousand_attendees() -> None:
    connections = Connections(Clock())
    assert all(connections.enter("centre", PER_ADDRESS) for _ in range(2_000))
    # They go, and all come back at once after the break.
    for _ in range(2_000):
        connections.leave("centre")
    assert all(connections.enter("centre", PER_ADDRESS) for _ in range(2_000))


def test_a_sign_in_has_its_tabs_and_others_do_not_notice() -> None:
    connections = Connections(Clock())
    assert [connections.enter("one", PER_SIGN_IN) for _ in range(21)] == 20 * [True] + [False]
    assert connections.enter("other", PER_SIGN_IN)
    connections.leave("one")
    assert connections.enter("one", PER_SIGN_IN)


def test_who_comes_and_goes_without_end_is_slowed_down() -> None:
    clock = Clock()
    connections = Connections(clock)
    bound = Bound(open=2, per_second=1, at_once=3)

    def comes_and_goes() -> bool:
        if entered := connections.enter("one", bound):
            connections.leave("one")
        return entered

    assert [comes_and_goes() for _ in range(5)] == [True, True, True, False, False]
    clock.now = 1.0
    assert [comes_and_goes() for _ in range(2)] == [True, False]


def test_who_does_not_come_any_more_is_forgotten() -> None:
    clock = Clock()
    connections = Connections(clock)
    bound = Bound(open=1, per_second=1, at_once=2)
    for number in range(10 * SWEEP):
        clock.now += 1
        connections.enter(str(number), bound)
        connections.leave(str(number))
    assert len(connections._rates) <= SWEEP
    assert connections._open == {}
