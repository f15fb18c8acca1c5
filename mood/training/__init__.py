"""How the embedded network was made. Needs the extra ``training``; nothing at run time uses it."""
