"""The kill matrix: each case has been seen to fail, and each fault is caught by the case that should."""
