"""Target `typescript-client`: a typed package on `fetch` without dependencies, `clients/typescript/`."""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.typescript_client.package import emit

TARGET = Target("typescript-client", "typescript", emit)
