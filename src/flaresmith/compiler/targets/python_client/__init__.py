"""Target `python-client`: a typed package that calls the service, now or asynchronously, `clients/python/`.

Models are pydantic's: it reads unions, recursive schemas and formats from plain annotations, knows what was set and
what was left out (so a PATCH sends only that), and every schema costs nothing until it is first used.
"""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.python_client.package import emit

TARGET = Target("python-client", "python", emit)
