"""Any number of made-up stories, each computed from its sid when it is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from solidot_spider.base.clock import BEIJING
from solidot_spider.trial.stories import FixedStories, Stories
from solidot_spider.trial.story import Comment, Edit, Editor, Story, Topic

START = datetime(2023, 1, 1, tzinfo=BEIJING)
SPAN_DAYS = 600
"""Days that all the stories fill by default: they stay in the years of bare links at the end."""

EDITORS = (Editor("Wilson", 42865), Editor("Edwards", 42866), Editor("亚历山大王", 42382))
TOPICS = (
    Topic(19, "科学"),
    Topic(17, "互联网"),
    Topic(7, "Linux"),
    Topic(171, "Android "),
    Topic(100, "安全"),
)
SECTIONS = ("science", None, "linux", "mobile", None)
WHO = (
    "北原大学的研究团队",
    "云杉实验室",
    "开源项目 Lanternfish",
    "芯片公司 Quillstone",
    "南湾天文台",
    "非营利组织纸舟",
)
WHAT = ("一种新的压缩算法", "更省电的传感器", "下一个长期支持版本", "为期三年的观测结果", "一份安全审计报告")
WHERE = ("海岛上的气象站", "城市地下的光缆", "旧式服务器机房", "高原的射电望远镜", "学校的计算机教室")
EDITED = ((7, 1, 3), (11, 2, 4 * 24), (17, 3, 30 * 24), (19, 4, 80 * 24))
"""A divisor of the sid, the remainder, and how many hours after its publication such a story is edited."""
GONE = ((29, 4, 10), (31, 6, 20 * 24))
"""The same for stories that are withdrawn."""
COMMENTED = (2, 40, 50 * 24)
"""Hours after its publication that a story is commented on."""

BODY = """{who}公布了{what}，编号为 {sid}。项目负责人表示，这项工作始于{year}年前，\
最初的样机只在{where}里运行过，参与测试的志愿者有 {people} 名。\
测试结果显示，新的做法在多数情况下比旧的快 {percent}%，但在负载最高的时候优势会消失。\
团队承认样本还不够大，计划在明年扩大测试范围，并把全部数据和代码公开，供其他人重复实验。\
批评者则认为，{where}的条件过于特殊，得出的结论未必能推广到别处。
<p></p>
<!--more-->
<p></p>
<br>
https://news.example.org/{year}/{sid}?from=list&amp;page=2<br>
https://journal.example.com/articles/s{sid}"""


class Generated(Stories):
    """Stories at even intervals, each made of words that its sid chooses."""

    def __init__(self, sids: range, start: datetime, gap: timedelta) -> None:
        self.sids = sids
        self._start = start
        self._gap = gap

    def __getitem__(self, sid: int) -> Story:
        index = self.sids.index(sid) if sid in self.sids else -1
        if index < 0:
            raise KeyError(sid)
        who, what = WHO[sid % len(WHO)], WHAT[sid % len(WHAT)]
        return Story(
            sid=sid,
            title=f"{who}公布{what}（{sid}）",
            published=(self._start + index * self._gap).replace(microsecond=0),
            editor=EDITORS[sid % len(EDITORS)],
            department=f"第 {sid % 97} 座灯塔",
            topics=(TOPICS[sid % len(TOPICS)],),
            views=1000 + sid % 5000,
            body=_body(sid, who, what),
            section=SECTIONS[sid % len(SECTIONS)],
        )


def generated(
    n: int, first_sid: int = 1, start: datetime = START, per_day: int | None = None, step: int = 1
) -> Generated:
    """``n`` stories from ``first_sid`` on.

    Args:
        n: how many.
        first_sid: the sid of the oldest.
        start: when it was published.
        per_day: how many there are a day; by default nine, or as many as fill 600 days.
        step: the distance between sids; with 2 every second id never existed.
    """
    a_day = per_day or max(9, ceil(n / SPAN_DAYS))
    return Generated(range(first_sid, first_sid + n * step, step), start, timedelta(days=1) / a_day)


def lively(n: int, first_sid: int = 1, start: datetime = START, per_day: int | None = None) -> FixedStories:
    """Stories that change: some ids never existed, others are edited, commented on or withdrawn, each by its sid."""
    made = generated(n, first_sid, start, per_day or 9)
    return FixedStories([_living(made[sid]) for sid in made.sids if sid % 13 != 5])


def _living(story: Story) -> Story:
    hour, sid = timedelta(hours=1), story.sid
    edits = [
        Edit(story.published + after * hour, title=f"{story.title}，更新于 {after} 小时后")
        for every, rest, after in EDITED
        if sid % every == rest
    ]
    gone = next((after for every, rest, after in GONE if sid % every == rest), None)
    comments = [
        Comment(sid * 10 + at, "灯塔看守人", 30_000 + at, story.published + after * hour, "读后感", f"第 {at} 条评论。")
        for at, after in enumerate(COMMENTED)
        if sid % 5 == 0
    ]
    withdrawn = None if gone is None else story.published + gone * hour
    return replace(story, edits=tuple(edits), comments=tuple(comments), withdrawn=withdrawn)


def _body(sid: int, who: str, what: str) -> str:
    return BODY.format(
        who=who,
        what=what,
        sid=sid,
        where=WHERE[sid // 7 % len(WHERE)],
        year=2 + sid % 9,
        people=40 + sid % 900,
        percent=3 + sid % 41,
    )
