"""Faults that are another answer: makes what is sent instead, of the fault and the site."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from solidot_spider.trial.answer import Answer
from tests.server import faults
from tests.server.answers import Answers
from tests.server.plan import Seen

BODY = re.compile(rb'(<div class="p_mainnew">).*?(?=</div>)', re.DOTALL)
"""The body of a story without boxes in it."""

CAPTCHA = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>安全验证</title></head>
<body><div class="box"><h1>请完成验证</h1><p>访问过于频繁，请按住滑块拖到最右边。</p>
<form method="post"><input name="token" type="hidden" value="0"><button>继续</button></form>
</div></body></html>
"""


def mangled(rule: faults.Rule, seen: Seen, site: Answers, host: str = "") -> Answer:
    """The answer that the rule makes of a request; the right one if the fault is only on the wire."""
    match rule:
        case faults.Other():
            return site.story(rule.sid)
        case faults.Home():
            return site.home(host)
        case faults.Truncate() | faults.Charset() | faults.Rewrite() | faults.Overwrite():
            return _damaged(rule, site.answer(seen.path, host))
        case _:
            return _invented(rule, seen) or site.answer(seen.path, host)


def _invented(rule: faults.Rule, seen: Seen) -> Answer | None:
    """An answer that needs nothing of the site."""
    match rule:
        case faults.Status():
            return Answer(rule.body.encode(), rule.status, headers=tuple(rule.headers.items()))
        case faults.Redirect():
            to = rule.target(seen.path, seen.sid, seen.attempt)
            return Answer(b"", rule.status, headers=(("Location", to),))
        case faults.Empty():
            return Answer(b"")
        case faults.Captcha():
            return Answer(CAPTCHA.encode())
        case faults.Garbage():
            # No secret: the same bytes for the same request in every run.
            return Answer(Random(f"{rule.seed} {seen.path}").randbytes(rule.size))
        case _:
            return None


def _damaged(rule: faults.Truncate | faults.Charset | faults.Rewrite | faults.Overwrite, answer: Answer) -> Answer:
    if isinstance(rule, faults.Truncate):
        return replace(answer, body=answer.body[: int(len(answer.body) * rule.share)])
    if isinstance(rule, faults.Rewrite):
        body = answer.body
        for old, new in rule.pairs:
            body = body.replace(old.encode(), new.encode())
        return replace(answer, body=body)
    if isinstance(rule, faults.Overwrite):
        return replace(answer, body=BODY.sub(rb"\g<1>" + rule.text.encode(), answer.body, count=1))
    # What the encoding has no character for is written as a reference, as browsers do.
    body = answer.body.decode("utf-8", "replace").encode(rule.encoding, "xmlcharrefreplace")
    kind = "text/html" if rule.declared is None else f"text/html; charset={rule.declared}"
    return replace(answer, body=body, content_type=kind)
