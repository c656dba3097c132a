"""The hostile half of the trial site, for tests only: any number of stories, faults by a plan, a request log.

``python -m tests.server`` serves it, and ``client.running()`` starts it for a test.
"""
