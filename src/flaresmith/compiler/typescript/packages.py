"""The npm packages of a generated repository: their names, the exact versions they use, and how tsc reads them."""

from __future__ import annotations

VERSIONS = {
    "@hono/node-server": "2.1.8",
    "@types/node": "24.10.1",
    "drizzle-kit": "0.31.11",
    "drizzle-orm": "0.45.4",
    "hono": "4.13.19",
    "postgres": "3.4.9",
    "typescript": "5.9.3",
    "wrangler": "4.164.0",
    "zod": "4.6.7",
}

TSCONFIG = {
    "compilerOptions": {
        "target": "ES2023",
        "lib": ["ES2024"],
        "types": ["node"],
        "module": "NodeNext",
        "moduleResolution": "NodeNext",
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "noImplicitOverride": True,
        "verbatimModuleSyntax": True,
        "declaration": True,
        "outDir": "dist",
        "rootDir": "src",
        "skipLibCheck": True,
    },
    "include": ["src"],
}


def types_package(name: str) -> str:
    """The package with schemas and types of the wire."""
    return f"@{name}/types"


def database_package(name: str) -> str:
    """The package with tables and migrations."""
    return f"@{name}/database"


def service_package(name: str) -> str:
    """The package with the service."""
    return f"@{name}/service"
