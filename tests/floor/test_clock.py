"""The clock: real time, unless the books are on another; durations are of neither."""

import threading

from chalicelib import clock


def test_the_books_keep_real_time_unless_a_source_is_in_use() -> None:
    before = clock.wall_now()
    assert before <= clock.utc_now() <= clock.wall_now()
    with clock.use(lambda: 5), clock.use(lambda: 7):
        assert clock.utc_now() == 7
        assert clock.wall_now() >= before
    assert clock.utc_now() >= before


def test_a_source_is_in_use_in_every_thread() -> None:
    seen: list[int] = []
    with clock.use(lambda: 5):
        thread = threading.Thread(target=lambda: seen.append(clock.utc_now()))
        thread.start()
        thread.join()
    assert seen == [5]


def test_waiting_takes_at_least_that_long() -> None:
    before = clock.monotonic_ms()
    clock.pause(3)
    assert clock.monotonic_ms() - before >= 2
