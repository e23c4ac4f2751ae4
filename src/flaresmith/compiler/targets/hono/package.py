"""What npm, tsc and wrangler need around the routes, and the modules that are the same in every service."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import File, Model
from flaresmith.compiler.service import service
from flaresmith.compiler.typescript.packages import (
    TSCONFIG,
    VERSIONS,
    database_package,
    service_package,
    types_package,
)
from flaresmith.compiler.typescript.text import WIDTH

FOLDER = "packages/service"
MODULES = (
    "app",
    "context",
    "credentials",
    "errors",
    "handling",
    "health",
    "links",
    "listing",
    "middleware",
    "node",
    "operations",
    "requests",
    "resource",
    "routing",
    "rows",
    "settings",
    "shapes",
    "storage",
    "values",
    "worker",
)
GUARDED = ("security",)
COMPATIBLE = "2026-11-01"


def package_files(model: Model, target: str) -> Iterator[File]:
    """The package around the routes; `auth.ts` is there where an operation asks who is calling."""
    name = naming.kebab(model.name)
    guarded = any(operation.security for operation in service(model).operations)
    yield File("package.json", pretty(_workspace(name)), target)
    yield File(f"{FOLDER}/package.json", pretty(_package(name, purges=bool(service(model).purges))), target)
    yield File(f"{FOLDER}/tsconfig.json", pretty(TSCONFIG), target)
    yield File(f"{FOLDER}/wrangler.json", pretty(_wrangler(name)), target)
    for module in (*MODULES, *(GUARDED if guarded else ())):
        yield File(f"{FOLDER}/src/{module}.ts", fixed(module), target)
    if guarded:
        yield File(f"{FOLDER}/src/auth.ts", fixed("auth"), target, seed=True)


@cache
def fixed(name: str) -> str:
    """The text of a module that every service has, as it lies beside this one."""
    return files(__package__).joinpath("service", f"{name}.ts.txt").read_text(encoding="utf-8")


def _workspace(name: str) -> dict[str, Any]:
    packages = [types_package(name), database_package(name), service_package(name)]
    each = [f"npm run {{}} -w {package}" for package in packages]
    return {
        "name": name,
        "version": "1.0.0",
        "private": True,
        "type": "module",
        "workspaces": ["packages/types", "packages/database", "packages/service"],
        "scripts": {
            "build": " && ".join(each).replace("{}", "build"),
            "migrate": f"npm run migrate -w {packages[1]}",
            "start": f"npm start -w {packages[2]}",
            "deploy": f"npm run deploy -w {packages[2]}",
        },
        "engines": {"node": ">=22"},
    }


def _package(name: str, *, purges: bool) -> dict[str, Any]:
    ours = dict.fromkeys((database_package(name), types_package(name)), "1.0.0")
    used = ("@hono/node-server", "drizzle-orm", "hono", "postgres", "zod")
    return {
        "name": service_package(name),
        "version": "1.0.0",
        "private": True,
        "type": "module",
        "scripts": {
            "build": "tsc",
            "check": "tsc --noEmit",
            "start": "node dist/node.js",
            "dev": "wrangler dev",
            "deploy": "wrangler deploy",
            **({"purge": "node dist/purge.js"} if purges else {}),
        },
        "dependencies": ours | {package: VERSIONS[package] for package in used},
        "devDependencies": {package: VERSIONS[package] for package in ("@types/node", "typescript", "wrangler")},
        "prettier": {"printWidth": WIDTH},
    }


def _wrangler(name: str) -> dict[str, Any]:
    return {
        "name": naming.shorten(name, 54),
        "main": "dist/worker.js",
        "compatibility_date": COMPATIBLE,
        "compatibility_flags": ["nodejs_compat"],
    }
