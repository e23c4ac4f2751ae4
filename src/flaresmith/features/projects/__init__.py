"""Projects: members, environments, wanted code, resources and their convergence (which is provisioning).

Words: a *revision* is one wanted state of a project's code (a tree of stored files); an *environment* wants one
revision; a *resource* is one thing a provider keeps, with one row here; a *run* is one durable piece of convergence
with a live stream of events.

Always true: an environment's state follows the table in `service.states`; a resource row is journaled before its
provider is called; a run ends in exactly one of succeeded, failed or cancelled.
"""
