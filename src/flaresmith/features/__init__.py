"""What Flaresmith does. Each feature may use only those below it (see `.importlinter`)."""
