"""Target `mcp_tools`: a descriptor per tool and a server that calls the service with them, `mcp/`."""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.mcp_tools.package import emit

TARGET = Target("mcp_tools", "json", emit)
