"""Operations: backup, data retention, health checks and API tokens."""
