"""Target `erd`: the entities as pictures, one of all and one of each feature, `docs/erd/`."""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.erd.pictures import emit

TARGET = Target("erd", "svg", emit)
