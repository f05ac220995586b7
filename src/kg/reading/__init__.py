"""Reading what somebody wrote: every triple with its place, every fault of a text, every literal as it is written."""
