"""What a picture file is made of: looked through before a decoder sees it, and handed on lean.

Decoders trust a file's structure: they join a million comments one by one, keep every tag of a
directory that overlaps itself, and walk all blocks once more for each of a thousand scans. Here
the structure is counted first, within bounds, and what no pixel needs is left out.
"""
