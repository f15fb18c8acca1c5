"""The engine that reads live video in the visitor's browser: its source, and how it is built."""
