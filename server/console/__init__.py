"""Pages for people; nothing on them comes from outside this machine."""
