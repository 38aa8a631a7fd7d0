"""Every run in one database: which clause broke when, and how long the target took, over time."""
