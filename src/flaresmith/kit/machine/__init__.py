"""The machine room: real database and cache servers from wheels, supervised processes, and what a machine needs.

Everything here is synchronous and single-threaded on purpose: the supervisor forks, and only a process without
threads forks safely.
"""
