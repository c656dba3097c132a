"""Crawls Solidot (奇客, www.solidot.org) story by story and makes clean datasets of it."""

__version__ = "0.1.0"
