"""Git as a person uses it: clone over HTTP with an access token as the password, commit, push."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Clone:
    """A working copy of one branch. `url` may carry name and password."""

    folder: Path
    url: str
    branch: str = "dev"

    async def clone(self) -> str:
        """Make the working copy; "" or what Git complains of."""
        return await self._git("clone", "-q", "-b", self.branch, self.url, str(self.folder), within=False)

    async def commit(self, files: dict[str, str | None], message: str = "By hand") -> None:
        """Write these files (None removes one) and commit."""
        for path, text in files.items():
            place = self.folder / path
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text)
        await self._git("add", "-A")
        assert await self._git("commit", "-qm", message) == ""

    async def push(self, to: str = "") -> str:
        """Push to the branch, or another; "" or what Git complains of."""
        return await self._git("push", "-q", "origin", f"HEAD:{to or self.branch}")

    async def remove(self, branch: str) -> str:
        """Delete a branch of the repository; "" or what Git complains of."""
        return await self._git("push", "-q", "origin", f":{branch}")

    async def pull(self) -> None:
        assert await self._git("pull", "-q", "--ff-only", "origin", self.branch) == ""

    async def head(self) -> str:
        process = await self._start("rev-parse", "HEAD", within=True)
        return (await process.communicate())[0].decode().strip()

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    async def _git(self, *words: str, within: bool = True) -> str:
        process = await self._start(*words, within=within)
        _, said = await process.communicate()
        return "" if process.returncode == 0 else said.decode() or f"exit {process.returncode}"

    async def _start(self, *words: str, within: bool) -> asyncio.subprocess.Process:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder.parent),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        }
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            "git", *words, cwd=self.folder if within else None, env=environment, stdin=asyncio.subprocess.DEVNULL,
            stdout=pipe, stderr=pipe,
        )  # fmt: skip
