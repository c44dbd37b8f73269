"""The page: `streamlit run app.py`, which finds `app` here, warms it up and runs this file again for every visitor."""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from sandbox.page.frame import run
from sandbox.page.headers import Headers
from sandbox.page.routes import routes
from sandbox.page.serve_training import Visitors
from sandbox.page.warm import explain_error, warm_up

BASE = st.get_option("server.baseUrlPath")

app = st.App(
    __file__,
    lifespan=warm_up,
    routes=routes(BASE),
    middleware=[Middleware(Headers), Middleware(Visitors)],
    on_script_error=explain_error,
)

if get_script_run_ctx(suppress_warning=True):
    run()
