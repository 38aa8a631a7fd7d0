"""Reports: views of a run file, for people and for machines."""

from conformance.reporting.junit import junit, write_junit
from conformance.reporting.paper import Paper
from conformance.reporting.progress import Progress
from conformance.reporting.summary import summary, write_summary
from conformance.reporting.terminal import final

__all__ = ["Paper", "Progress", "final", "junit", "summary", "write_junit", "write_summary"]
