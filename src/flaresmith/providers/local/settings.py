"""Where the local providers keep what they make, and the server on which they make databases."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class LocalSettings(BaseSettings):
    """Settings of the local providers; each is read from the environment variable named beside it."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    data: Path = Field(
        default=Path(".flaresmith"),
        validation_alias=AliasChoices("FLARESMITH_DATA"),
        description="Folder in which everything of this copy lives.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_DATABASE_URL", "DATABASE_URL"),
        description="Administrator's address of the PostgreSQL server on which the databases of environments are made.",
    )
    statement_timeout_s: PositiveInt = Field(
        default=30,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_STATEMENT_TIMEOUT"),
        description="Longest statement of a deployed service, in seconds.",
    )
    database_connections: PositiveInt = Field(
        default=20,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_DATABASE_CONNECTIONS"),
        description="Connections that one environment may hold to its database.",
    )
    start_timeout_s: PositiveFloat = Field(
        default=60,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_START_TIMEOUT"),
        description="How long a new version may take until it answers /health, in seconds.",
    )
    health_timeout_s: PositiveFloat = Field(
        default=15,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_HEALTH_TIMEOUT"),
        description="How long /health of a new version may answer that it is not healthy, in seconds.",
    )
    migrate_timeout_s: PositiveFloat = Field(
        default=300,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_MIGRATE_TIMEOUT"),
        description="How long the migrations of a new version may take, in seconds.",
    )
    test_timeout_s: PositiveFloat = Field(
        default=300,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_TEST_TIMEOUT"),
        description="How long the tests of one build may take, in seconds.",
    )
    service_memory_mb: PositiveInt = Field(
        default=2048,
        validation_alias=AliasChoices("FLARESMITH_LOCAL_SERVICE_MEMORY"),
        description="Address space of one deployed process, in MiB.",
    )

    isolation: Literal["auto", "process"] = Field(
        default="auto",
        validation_alias=AliasChoices("FLARESMITH_LOCAL_ISOLATION"),
        description="`auto` gives services namespaces of their own where the kernel can; `process` never does.",
    )

    @property
    def directory(self) -> Path:
        """The data folder as an absolute path without symbolic links."""
        return self.data.resolve()
