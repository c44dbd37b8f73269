"""What the server answers beside Streamlit: the stage's module, what it is told, packs, and trainings."""

from starlette.routing import Route

from sandbox.page.index import index_routes
from sandbox.page.serve import stage_routes
from sandbox.page.serve_files import file_routes
from sandbox.page.serve_training import training_routes
from sandbox.page.texts import TEXTS, version
from sandbox.stage.packs import pack_of, snapshot_pack


def routes(base: str = "") -> list[Route]:
    """All of them, under the path that Streamlit's own are under."""
    stage = stage_routes(TEXTS, pack_of, version)
    found = [*index_routes(), *stage, *training_routes(snapshot_pack), *file_routes()]
    return [Route(under(base) + route.path, route.endpoint, methods=[*(route.methods or ())]) for route in found]


def under(base: str) -> str:
    """What every path of the server begins with, without the slash that follows; empty where it is at the root."""
    return f"/{base.strip('/')}".rstrip("/")
