"""Target `openapi`: one OpenAPI 3.1 document of every endpoint, `contracts/openapi.json`."""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.openapi.document import emit

TARGET = Target("openapi", "json", emit)
