"""Fixes on disk: shown as a diff, or written file by file, each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flaresmith import cli
from flaresmith.cli.documents import Documents
from flaresmith.cli.local.spec import reading
from flaresmith.kit.errors import Conflict

if TYPE_CHECKING:
    from flaresmith.compiler.mend import Mended
    from flaresmith.compiler.model import Diagnostic


class SpecsChanged(Conflict):
    """The specs were changed while they were being mended."""

    code = "SPECS_CHANGED"


def mended(read: Documents, wanted: Callable[[Diagnostic], bool], *, write: bool, told: bool) -> Documents:
    """The documents after their fixes; they are written to disk, or only shown as a diff.

    SpecsChanged when a file is no longer what was read; the files before it are written, and each of them is whole.
    """
    from flaresmith.compiler.mend import mend

    result = mend(read.files, name=reading.product_name(read), wanted=wanted)
    if not write:
        _show(read.files, result)
        return read
    for path, content in sorted(result.files.items()):
        _write(read.base / path, read.files[path], content)
    if told:
        _tell(result, read)
    return replace(read, files={**read.files, **result.files})


def _show(before: Mapping[str, bytes], result: Mended) -> None:
    from flaresmith.compiler.linediff import unified_diff

    for path, content in sorted(result.files.items()):
        old, new = (text.decode("utf-8", "replace") for text in (before[path], content))
        cli.out.print(cli.plain(unified_diff(path, old, new)), markup=False, end="")
    if not result.files:
        cli.out.print("There is nothing to mend.")


def _write(path: Path, before: bytes, content: bytes) -> None:
    """Replace a file in one step, with the rights that it had."""
    place = path.resolve(strict=True)
    if place.read_bytes() != before:
        raise SpecsChanged(f"{path} was changed in the meantime.", hint="Run the command again.")
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), place.stat().st_mode & 0o7777)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _tell(result: Mended, read: Documents) -> None:
    for diagnostic in result.done:
        source, fix = diagnostic.source, diagnostic.fix
        where = f"{read.on_disk(source.file)}:{source.line}"
        cli.out.print(f"{cli.plain(where)}: {cli.plain(fix.title if fix else '')} [{diagnostic.rule}]", markup=False)
    for diagnostic in result.refused:
        cli.err.print(f"{diagnostic.source}: left as it is, since its fix would break something else.", markup=False)
    if result.done:
        count = len(result.files)
        cli.out.print(f"{len(result.done)} mended in {count} {'file' if count == 1 else 'files'}.", style="bold")
