"""Reports: views of a run file, for people and for machines."""
