"""Stand-ins of the providers' APIs, each a process of its own on loopback.

They answer as the real ones do, check what they are given as strictly, record every call and
never take two calls for one. `process.py` starts them; `serving.py` is what they share.
"""
