"""Statistics of runs: plain numbers in, plain numbers out. Knows nothing of cases, clauses or files."""
