"""What every other room stands on: ids, addresses, times, options, outcomes, and words for a person."""
