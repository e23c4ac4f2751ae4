"""People, organizations and the sessions they are signed in with.

Words: an *account* is a person's row in `users`; a *session* is one signed-in browser, program or computer, and the
one row behind its cookie, bearer and refresh tokens; a *family* is every session that one sign-in led to.

Always true: tokens, links and passwords exist only as hashes · every account has an organization of its own · a
refresh token works once (its parallel twins get the same answer), and an older one ends the whole family · nothing an
anonymous caller can see differs between an unknown and a known address, except at registration (409, flaresmith §16).
"""
