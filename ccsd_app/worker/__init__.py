"""The spawned inference process: its messages, its main loop, and the client that talks to it."""
