"""The revisions, in order; `down_revision` in each names the one before it."""
