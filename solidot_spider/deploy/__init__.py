"""Units for systemd that keep a dataset current: ``solidot.service`` and its timer."""
