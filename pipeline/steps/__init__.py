"""One function per command: read, transform, write. The only place a room meets the disk."""
