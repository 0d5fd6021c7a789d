"""Cases: what people decide on them, kept on the server, and taken away."""
