"""Fixes of the compiler applied to documents, for a person who will see the plan before anything changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from flaresmith.compiler.check import apply_fixes
from flaresmith.compiler.mend import mend
from flaresmith.compiler.model import Diagnostic
from flaresmith.compiler.parse import parse
from flaresmith.kit.errors import NotFound


class NothingToFix(NotFound):
    """This finding is not there any more, or has no fix."""

    code = "FIX_NOT_FOUND"


async def fixed(documents: Mapping[str, bytes], name: str, file: str, rule: str, line: int, column: int) -> bytes:
    """A document with the fix of one finding; with every fix of the file where `rule` is empty. Writes nothing."""
    return await asyncio.to_thread(_fixed, documents, name, file, rule, line, column)


def _fixed(documents: Mapping[str, bytes], name: str, file: str, rule: str, line: int, column: int) -> bytes:
    if not rule:
        files = mend(documents, name=name, wanted=lambda found: found.source.file == file).files
    else:
        chosen = [d for d in parse(documents, name=name).diagnostics if _is_it(d, file, rule, line, column)]
        files = apply_fixes(documents, chosen[:1]).files
    if file not in files:
        raise NothingToFix(hint="Load the page again: the specs may have changed.")
    return files[file]


def _is_it(found: Diagnostic, file: str, rule: str, line: int, column: int) -> bool:
    source = found.source
    return (source.file, found.rule, source.line, source.column) == (file, rule, line, column) and found.fix is not None
