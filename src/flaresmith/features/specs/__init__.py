"""Specs: documents, versions, what was generated from them, plans and drift reports.

Words: *documents* are the uploaded files of a spec folder; a *version* is what one set of documents said, with a
semantic version number; an *artifact* is one generated file; a *plan* shows what applying documents would change.

Always true: a plan writes nothing anywhere; documents with errors change nothing; a hand-edited file is never
overwritten unless it was named.
"""
