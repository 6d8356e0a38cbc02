"""Serve the pages."""

from waitress.server import create_server

from springbrett.site.wsgi import application

CONNECTIONS = 1000
"""Browsers keep some six connections open each, also while nobody clicks: this is room for an office and then some."""


def serve(host: str, port: int) -> None:
    """Serve until interrupted, with a threaded pure-Python server. `port` 0 takes a free one."""
    server = create_server(
        application, host=host, port=port, threads=8, ident="", connection_limit=CONNECTIONS, asyncore_use_poll=True
    )
    name = "localhost" if host == "127.0.0.1" else host
    print(f"Springbrett is on http://{name}:{server.effective_port}", flush=True)  # noqa: T201  what the user needs
    server.run()
