"""The report: one page of HTML that shows what a store holds."""
