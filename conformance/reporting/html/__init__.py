"""``report.html``: a run for people, in one file that asks nothing of any network."""

from conformance.reporting.html.page import NAME, write_html

__all__ = ["NAME", "write_html"]
