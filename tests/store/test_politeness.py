"""What all runs on a store keep to, by the database's own clock."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from solidot_spider.base.options import Options
from solidot_spider.store import politeness
from solidot_spider.store.politeness import LONGEST_PAUSE, News, SiteState, Turn
from solidot_spider.store.store import Store

SITE = "https://www.solidot.org"
NOW = 1_000_000.0


def taken(store: Store, gap: float, news: News = politeness.NOTHING) -> Turn:
    with store.writing() as connection:
        return politeness.take(connection, SITE, gap, news)


def test_a_turn_is_taken_once(chosen: Options) -> None:
    with Store.opened(chosen, create=True) as store, Store.opened(chosen) as other:
        assert taken(store, 60.0).wait == 0
        for each in (store, other):
            assert 50 < taken(each, 60.0).wait <= 60
        assert taken(other, 0.0).wait == 0


def test_the_site_is_asked_by_itself(chosen: Options) -> None:
    with Store.opened(chosen, create=True) as store:
        assert taken(store, 60.0).wait == 0
        with store.writing() as connection:
            assert politeness.take(connection, "http://127.0.0.1:9", 60.0).wait == 0


@pytest.mark.parametrize(
    ("news", "least"), [(News(held=300.0), 290), (News(trial=60.0, pause=60.0), 50), (News(crawl_delay=30.0), 20)]
)
def test_what_one_run_hears_all_keep_to(chosen: Options, news: News, least: float) -> None:
    with Store.opened(chosen, create=True) as store, Store.opened(chosen) as other:
        assert taken(store, 0.0).wait == 0
        with store.writing() as connection:
            politeness.tell(connection, SITE, news)
        assert least < taken(other, 0.0).wait <= least + 10


def test_times_of_a_clock_that_was_ahead_are_moved_to_the_present(chosen: Options) -> None:
    with Store.opened(chosen, create=True) as store:
        taken(store, 0.0, News(held=5.0))
        with store.writing() as connection:
            connection.execute(
                text("UPDATE politeness SET at = at + 1e9, asked_at = asked_at + 1e9, held_until = held_until + 1e9")
            )
        assert 0 < taken(store, 7.0).wait <= 7
        with store.reading() as connection:
            found = politeness.latest(connection)
        assert found is not None
        state, now = found
        assert now - 10 < state.at <= now


def test_of_two_waits_the_longer_one_holds() -> None:
    row = SiteState(SITE, at=NOW, asked_at=NOW, held_until=NOW + 20, crawl_delay=5.0)
    assert row.turn(1.0, NOW) == Turn(wait=20.0, held=20.0)
    assert row.turn(40.0, NOW).wait == 40
    assert row.turn(1.0, NOW + 21).wait == 0


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    row = SiteState(SITE).told(News(held=300.0), NOW).told(News(held=2.0), NOW + 1)
    assert row.turn(0.0, NOW + 1).held == 299


def test_a_trial_lets_no_other_one_go() -> None:
    row = SiteState(SITE).told(News(trial=60.0, pause=60.0), NOW)
    assert row.turn(0.0, NOW + 61).wait == 0
    tried = row.asked(NOW + 61)
    assert tried.turn(0.0, NOW + 62).trial == 119
    assert tried.told(News(pause=0.0), NOW + 63).turn(0.0, NOW + 63) == Turn()


def test_the_pause_between_trials_ends_growing() -> None:
    row = SiteState(SITE).told(News(trial=9e4, pause=9e4), NOW)
    assert row.pause == LONGEST_PAUSE
    assert row.asked(NOW).turn(0.0, NOW).trial == LONGEST_PAUSE


def test_later_news_replace_earlier_ones_of_their_kind_only() -> None:
    joined = News(held=5.0, crawl_delay=1.0).joined(News(crawl_delay=2.0, is_asked=True))
    assert joined == News(held=5.0, crawl_delay=2.0, is_asked=True)
