"""What lets many callers share one process of 512 MB."""
