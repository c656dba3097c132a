"""Settings, as an annotated difference from Scrapy's defaults."""

from __future__ import annotations

import os

from scrapy.settings import default_settings

from solidot_spider.base import options

BOT_NAME = "solidot_spider"
SPIDER_MODULES = ["solidot_spider.spiders"]
COMMANDS_MODULE = (
    "solidot_spider.scrapy_commands"  # our `crawl`: run files, summary and a true exit status; our `parse`
)

# --- The program's own options ---
# Declared in base/options.py, with type, default and meaning; here so that `-s` and `solidot settings` know them.
globals().update({name: os.environ.get(name, "") for name in options.MEANINGS})

# --- Care for the site ---
USER_AGENT = options.Options(contact=os.environ.get("SOLIDOT_CONTACT", "")).user_agent  # honest, with a contact
ROBOTSTXT_USER_AGENT = "solidot_spider"
DOWNLOAD_DELAY = 1.5  # seconds between requests; nobody is in a hurry
DOWNLOAD_DELAY_JITTER = 1 / 3  # 1.0 to 2.0 s; Scrapy's own half would go down to 0.75
CONCURRENT_REQUESTS = 2  # one on the wire, one in the making
CONCURRENT_REQUESTS_PER_DOMAIN = 1000  # all hosts of the site share one slot; the line above is the only limit
# Twisted sends again in the same millisecond on a connection that was reused, behind the rate limiter's back.
DOWNLOAD_HANDLERS_BASE = default_settings.DOWNLOAD_HANDLERS_BASE | dict.fromkeys(
    ("http", "https"), "solidot_spider.middlewares.download_handler.OneAttemptDownloadHandler"
)
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"  # Scrapy's own knows no IPv6
DOWNLOAD_SLOTS = {"solidot": {"delay": 0}}  # the rate limiter keeps the delay, which it can end and lengthen
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN",
}
COOKIES_ENABLED = False  # nothing here needs a session
RETRY_TIMES = 3  # after 2, 4 and 8 s, give or take half
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the summary and the retry file name the reason
RETRY_HTTP_CODES = [429, *range(500, 600)]
REDIRECT_MAX_TIMES = 5

# --- Limits against a hostile or broken answer ---
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 4 * 1024 * 1024  # bytes, unpacked too: 194 KB of gzip can hold 200 MB
DOWNLOAD_WARNSIZE = 1024 * 1024
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy does not by default

# --- Components ---
# Scrapy adds ITEM_PIPELINES and so on to what stands under the same name with _BASE: ours stand there, so that those
# that a user gives by -s, by an add-on or in settings of his own come to ours, and never in their place.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # ids are unique already; a fingerprint costs memory for each
DOWNLOADER_MIDDLEWARES_BASE = default_settings.DOWNLOADER_MIDDLEWARES_BASE | {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # RedirectMiddleware below knows port and scheme
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # lets 13 of 20 forbidden pages through
    "solidot_spider.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # would parse each page a second time
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,  # retries in the same second
    "solidot_spider.middlewares.retry.BackoffRetryMiddleware": 550,
    "solidot_spider.middlewares.redirects.SiteRedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # would send loopback to the proxy, too
    "solidot_spider.middlewares.proxy.ProxyMiddleware": 750,
    # Next to the wire; the statistics behind it see every answer.
    "solidot_spider.middlewares.throttle.ThrottleMiddleware": 840,
}
SPIDER_MIDDLEWARES_BASE = default_settings.SPIDER_MIDDLEWARES_BASE | {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,  # marks what start() made: here that is everything
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # the spider names each status an outcome
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # no story is reached from another
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES_BASE = {
    "solidot_spider.pipelines.SourcesPipeline": 100,
    "solidot_spider.pipelines.BodyPipeline": 200,
    "solidot_spider.pipelines.CheckPipeline": 300,
    "solidot_spider.pipelines.StorePipeline": 400,  # then, and only then, the feed
}
EXTENSIONS_BASE = default_settings.EXTENSIONS_BASE | {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "solidot_spider.extensions.logs.LogLines": 0,  # one line an event
    "solidot_spider.extensions.progress.Progress": 0,  # on a terminal, by `crawl` only
    "solidot_spider.extensions.feed.StoryFeed": 0,  # a line is flushed whole, a failed write ends the run
    "scrapy.extensions.telnet.TelnetConsole": None,  # a crawl opens no port
    "scrapy.extensions.remote_control.RemoteControl": None,  # nor an HTTP server that runs code
    "scrapy.extensions.throttle.AutoThrottle": None,  # would lower the delay below its floor
    "scrapy.extensions.spiderstate.SpiderState": None,  # no JOBDIR: the next run asks what is missing
}
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"  # one slot: no domains to balance
WARN_ON_GENERATOR_RETURN_VALUE = False  # would parse the callback's source anew for each page: a sixth of the CPU
CONCURRENT_ITEMS = 1  # a page gives one item: a pool for more only costs time

# --- Feeds ---
FEED_EXPORTERS_BASE = {
    **default_settings.FEED_EXPORTERS_BASE,
    **dict.fromkeys(("jsonlines", "jsonl", "jl"), "solidot_spider.extensions.feed.StoryLinesExporter"),
    "csv": "solidot_spider.extensions.feed.StoryRowsExporter",  # Scrapy's own writes lists as Python shows them
}
FEED_STORAGES_BASE = {
    **default_settings.FEED_STORAGES_BASE,
    **dict.fromkeys(("", "file"), "solidot_spider.extensions.feed_storage.PartFileStorage"),
    "stdout": "solidot_spider.extensions.feed_storage.StandardOutput",
}
FEED_STORE_EMPTY = False  # a run without a record leaves the old file alone
FEED_EXPORT_ENCODING = "utf-8"  # formats other than JSON Lines would escape every ideograph

# --- Logs ---
LOG_LEVEL = "WARNING"  # trouble only: a run says what it did in its summary
LOG_FORMATTER = "solidot_spider.extensions.logs.StoryLogFormatter"  # one line an event, no page text
STATS_DUMP = False  # a hundred lines; the summary says what a person asks
