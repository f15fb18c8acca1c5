"""An `Analysis` for people and for programs."""
