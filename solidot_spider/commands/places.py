"""Checks what Scrapy's command line takes for granted: a working directory, a home, and configuration files."""

from __future__ import annotations

import configparser
import os
from pathlib import Path


def problem() -> str:
    """Why Scrapy could not begin here, in a sentence; '' if it can.

    Scrapy asks for a home directory: a user who has none gets ``/``, as in a container.
    """
    from scrapy.utils.conf import get_sources

    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"
    try:
        sources = get_sources()
    except OSError as error:
        return f"the working directory cannot be used ({error.strerror}); change to another one"
    return next(filter(None, map(_problem_of, filter(None, sources))), "")


def _problem_of(source: str) -> str:
    try:
        with Path(source).open(encoding="utf-8") as file:
            configparser.ConfigParser().read_file(file)
    except (configparser.Error, UnicodeDecodeError):
        return f"{source}: no configuration file as Scrapy reads it; mend it, or take it away"
    except OSError as error:
        if os.path.lexists(source):
            return f"{source}: {error.strerror}; make it readable, or take it away"
    return ""
