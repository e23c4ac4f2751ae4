"""Target `trace`: which requirement is served by which story, entity, endpoint, file, test and task, `trace/`."""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.trace.page import emit, summarise

TARGET = Target("trace", "html", emit, summarise)
