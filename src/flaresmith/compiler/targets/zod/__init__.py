"""Target `zod`: Zod 4 schemas and TypeScript types of every entity and every contract, `packages/types/`."""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.zod.package import emit

TARGET = Target("zod", "typescript", emit)
