"""Deployments: what ran where and when, and the dashboard of environments.

Always true: one deployment row per environment and run; an environment's last deployment is its newest row.
"""
