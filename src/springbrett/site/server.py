"""Serve the pages."""

from springbrett.site.wsgi import application


def serve(host: str, port: int) -> None:
    """Serve until interrupted, with a threaded pure-Python server."""
    from waitress import serve as waitress_serve

    print(f"Springbrett is on http://{'localhost' if host == '127.0.0.1' else host}:{port}", flush=True)  # noqa: T201
    waitress_serve(application, host=host, port=port, threads=8, ident="")
