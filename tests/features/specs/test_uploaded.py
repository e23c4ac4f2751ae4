"""An uploaded folder gives the paths that the command line gives, whichever of the project's folders was chosen."""

from __future__ import annotations

import pytest

from flaresmith.features.specs.pages.uploaded import rooted


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        (["shop/specs/001-a/spec.md", "shop/README.md", "shop/.git/x.md", "shop/memory/constitution.md"],
         ["specs/001-a/spec.md", "memory/constitution.md"]),
        (["specs/001-a/spec.md", "specs/001-a/logo.png"], ["specs/001-a/spec.md"]),
        (["001-a/spec.md", "001-a/contracts/openapi.yaml"], ["001-a/spec.md", "001-a/contracts/openapi.yaml"]),
        (["notes/spec.md", "notes/data-model.md"], ["notes/spec.md", "notes/data-model.md"]),
        (["docs/001-a/spec.md", "docs/node_modules/x/spec.md"], ["001-a/spec.md"]),
        (["a/specs/spec.md", "b/spec.md"], ["a/specs/spec.md", "b/spec.md"]),
        (["spec.md"], ["spec.md"]),
        ([], []),
    ],
)  # fmt: skip
def test_paths(names: list[str], paths: list[str]) -> None:
    assert list(rooted(names).values()) == paths
