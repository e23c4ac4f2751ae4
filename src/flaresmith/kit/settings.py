"""The few settings that all parts share. Each provider folder has its own; nothing else reads the environment."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a process of Flaresmith is told from outside, by environment variables of the same name in upper case."""

    model_config = SettingsConfigDict(env_prefix="FLARESMITH_", extra="ignore", populate_by_name=True)

    env: Literal["development", "test", "production"] = Field("development", description="Where this copy runs.")
    data: Path = Field(Path(".flaresmith"), description="The data folder: servers, repositories, keys.")
    database_url: str = Field(
        "", validation_alias=AliasChoices("DATABASE_URL", "database_url"), description="PostgreSQL 15 or newer."
    )
    redis_url: str = Field(
        "", validation_alias=AliasChoices("REDIS_URL", "redis_url"), description="A server of the Redis protocol."
    )
    web_url: str = Field("http://127.0.0.1:3000", description="Public address of the web pages.")
    api_url: str = Field("http://127.0.0.1:4000", description="Public address of the API.")
    orchestrator_url: str = Field("http://127.0.0.1:4001", description="Public address of the run streams.")
    preview_url: str = Field("http://127.0.0.1:4002", description="Public address of the preview gateway.")
    master_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("MASTER_ENC_KEY", "master_key"),
        description="32 bytes in base64 that encrypt secrets at rest; in development a file in the data folder.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least level written.")
    pool_size: int = Field(10, ge=1, le=500, description="Database connections per process for the user realm.")
    worker_id: str = Field("worker-1", description="This worker's name, the same after a restart; unique per worker.")
    max_body_bytes: int = Field(16 * 1024 * 1024, description="The largest request body accepted.")

    @property
    def production(self) -> bool:
        return self.env == "production"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def weaknesses(given: Settings) -> list[str]:
    """Why production must not start with these settings: names of keys, never their values."""
    if not given.production:
        return []
    missing = [
        name
        for name, present in {
            "DATABASE_URL": given.database_url,
            "REDIS_URL": given.redis_url,
            "MASTER_ENC_KEY": given.master_key,
        }.items()
        if not present
    ]
    insecure = [
        f"FLARESMITH_{name.upper()} must be https"
        for name in ("web_url", "api_url")
        if not str(getattr(given, name)).startswith("https://")
    ]
    return [f"{name} is not set" for name in missing] + insecure
