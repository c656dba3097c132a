"""What has changed between two datasets: where a delta begins, what it tells, and how it is applied."""
