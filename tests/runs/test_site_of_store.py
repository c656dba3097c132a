"""A store belongs to the site that it was made for: no other one's stories come into it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from solidot_spider.base import site
from solidot_spider.base.options import Options
from solidot_spider.store import schema
from solidot_spider.store.store import Store
from tests import stores
from tests.crawling import NOW, Crawl, finish, solidot, start, status
from tests.faulty_site import asked_paths
from tests.old_tables import as_version_3
from tests.server.client import Running, running

pytestmark = pytest.mark.long

NO_MIRROR = {"SOLIDOT_MIRROR_OF": ""}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Running, Running]]:
    with running("--clock", NOW) as first, running("--clock", NOW) as second:
        yield first, second


def crawl(server: Running, data: Path, *words: str, mirror_of: str = "", sids: str = "sids=79517-79523") -> Crawl:
    env = {"SOLIDOT_MIRROR_OF": mirror_of}
    return solidot(server.url, data, "crawl", "story", "-a", sids, "-s", "DOWNLOAD_DELAY=0", *words, env=env)


def is_refused(run: Crawl, own: str, other: str) -> bool:
    told = (
        f"solidot: {run.data / 'solidot.db'}: this store belongs to {own}, and the run would ask {other}; name another "
        f"directory by SOLIDOT_DATA_DIR, or, if {other} is a mirror of that site, say so once by SOLIDOT_MIRROR_OF={own}\n"
    )
    return (run.status, run.err) == (2, told)


def test_another_site_is_refused_and_both_are_named(servers: tuple[Running, Running], data: Path) -> None:
    first, second = servers
    assert crawl(first, data).status == 0
    before = len(asked_paths(second))
    for sids in ("sids=79517-79523", "sids=82714", "sid=82714"):
        assert is_refused(crawl(second, data, sids=sids), first.url, second.url)
    live = solidot(site.CANONICAL, data, "crawl", "latest", env=NO_MIRROR)
    assert is_refused(live, first.url, site.CANONICAL)
    assert len(asked_paths(second)) == before
    assert crawl(first, data, sids="sids=79517-79529").status == 0
    assert status(data)["site"] == first.url
    told = solidot("http://127.0.0.1:9", data, "status").out
    assert f"site: {first.url}\n" in told
    assert solidot("http://127.0.0.1:9", data, "export", "all.jsonl").status == 0  # reading needs no site


def test_a_mirror_is_declared_once(servers: tuple[Running, Running], data: Path) -> None:
    first, second = servers
    assert crawl(first, data).status == 0
    other = crawl(second, data, mirror_of="https://www.solidot.org", sids="sid=79517")
    assert other.status == 2
    assert f"{second.url}, a mirror of https://www.solidot.org" in other.err
    for mirror_of in (first.url, ""):
        assert crawl(second, data, mirror_of=mirror_of, sids="sid=79517").status == 0
    assert crawl(first, data, sids="sid=79517").status == 0
    assert status(data)["site"] == first.url


def test_a_new_store_of_a_mirror_belongs_to_its_original(servers: tuple[Running, Running], data: Path) -> None:
    assert crawl(servers[0], data, mirror_of="https://solidot.org").status == 0
    assert status(data)["site"] == "https://www.solidot.org"
    assert crawl(servers[0], data).status == 0


def test_an_older_store_belongs_to_the_site_of_its_first_run(servers: tuple[Running, Running], data: Path) -> None:
    with Store.opened(Options(data_dir=data), create=True) as store:
        stores.run(store, stores.stored(5))
        with store.writing() as connection:
            connection.execute(update(schema.runs).values(site=servers[0].url))
            as_version_3(connection)
            schema.sites.drop(connection)
            connection.execute(update(schema.schema).values(version=2))
    assert is_refused(crawl(servers[1], data), servers[0].url, servers[1].url)
    assert crawl(servers[0], data).status == 0
    with Store.opened(Options(data_dir=data)) as store, store.reading() as connection:
        assert connection.execute(select(schema.sites)).all() == [(servers[0].url, 0)]


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("https://solidot.org", site.CANONICAL),
        ("http://science.solidot.org:80", site.CANONICAL),
        ("http://Mirror.example:80", "http://mirror.example"),
        ("https://mirror.example:80", "https://mirror.example:80"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_one_site_has_one_name(base: str, name: str) -> None:
    assert site.identity(base) == name


def test_the_open_demonstration_names_a_directory_of_its_own(tmp_path: Path) -> None:
    data = tmp_path / "mine"
    process = start(
        "http://127.0.0.1:9", data, "demo", "--serve", env={"PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)}
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    while "crawl latest" not in lines[-1]:
        lines.append(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    finish(process, data)
    made = next(tmp_path.glob("solidot-demo-*"))
    assert f"SOLIDOT_DATA_DIR={made} solidot crawl latest" in lines[-1]
    assert not data.exists()
