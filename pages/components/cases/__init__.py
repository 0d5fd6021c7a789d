"""The cases of a day: the queue, what is decided, one of them up close, exports."""
