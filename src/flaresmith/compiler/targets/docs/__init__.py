"""Target `docs`: the product in words for people who use or keep it, `docs/`."""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.docs.documents import emit

TARGET = Target("docs", "markdown", emit)
