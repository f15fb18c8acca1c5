"""From pixels to faces to expressions: pure, no threads, no waiting."""
