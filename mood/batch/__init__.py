"""Many pictures and films, one after the other or in several processes, written as they come."""
