"""Side by side with others, by hand: ``python -m tests.benchmarks.NAME --help``. No test depends on a time."""
