"""The first page, from top to bottom: two methods on the same plane."""

import base64

import numpy as np
import pandas as pd
import streamlit as st

from sandbox.measure.metrics import share_interval
from sandbox.page import controls, training
from sandbox.page.legend import legend
from sandbox.page.words import HOW_TO_READ
from sandbox.pictures import decoder as pictures
from sandbox.spaces import NONE
from sandbox.stage import figures
from sandbox.stage.curve import desc_scale_curve
from sandbox.stage.scene import Panel, Scene, over_desc_scale
from sandbox.stage.state import State

CHART = {"displaylogo": False, "modeBarButtons": [["toImage"]]}
SHOWN_PICTURES = 8


def show() -> None:
    """The first page: two methods side by side."""
    controls.sidebar()
    controls.playground()
    controls.below()
    status = st.empty()
    left, right = st.columns(2, gap="medium")
    controls.panel_controls("left", "steps", left)
    controls.panel_controls("right", "right_steps", right)
    state = controls.current()
    controls.write_address(state)

    scene, ready = training.scene_or_last_good(state)
    dark = st.context.theme.type == "dark"
    with st.container(key="stage", height="stretch"):
        figure = figures.panels(scene, dark)
        st.plotly_chart(figure, theme=None, config=CHART, height="stretch", key="panels", alt=_in_words(scene))
    st.html(legend(scene, dark))
    left, right = st.columns(2, gap="medium")
    for column, panel in zip((left, right), scene.panels, strict=True):
        with column:
            _pictures(panel, scene)
    _table(scene)
    _over_desc_scale(scene.state, dark)
    with st.expander("How to read this page"):
        for panel in scene.panels:
            st.markdown(f"**{panel.request.method.label}.** {panel.request.method.summary}")
        st.markdown(HOW_TO_READ)
    if not ready:
        training.attend(state, scene.state, status)


def _in_words(scene: Scene) -> str:
    """The picture for those who do not see it."""
    parts = [f"Two panels on the same plane; the concept asked for is {scene.state.concept}."]
    for panel in scene.panels:
        row = panel.rows[-1]
        parts.append(
            f"{panel.request.method.label}, {row.nfe:g} evaluations: {row.in_region:.0%} of {panel.samples:,} points "
            f"landed in a region that is meant; the mean distance to it is {row.miss:.2f} units."
        )
    return " ".join(parts)


def _pictures(panel: Panel, scene: Scene) -> None:
    """What generation ends with: the decoded landing points."""
    landing = panel.states[-1, :SHOWN_PICTURES]
    image = pictures.png(pictures.contact_sheet(pictures.decode(landing, scene.space), columns=SHOWN_PICTURES // 2))
    finite = landing[np.isfinite(landing).all(axis=1)]
    inside = int((scene.space.distance(finite, scene.state.concept) < 0).sum())
    meant = "a meaningful picture" if scene.state.concept == NONE else f"a picture of “{scene.state.concept}”"
    data = base64.b64encode(image).decode()
    alt = f"{panel.request.method.label}: {inside} of {SHOWN_PICTURES} decoded points are {meant}."
    st.html(f"<b>{panel.request.method.label}</b>: what its first eight landing points decode to")
    st.html(f"<img class='sheet' src='data:image/png;base64,{data}' alt='{alt}'>")
    st.caption(alt)


def _table(scene: Scene) -> None:
    """Figures of merit, with the interval that 2,000 samples allow."""
    rows = [(panel, row) for panel in scene.panels for row in panel.rows]
    shown = pd.DataFrame(
        {
            "method": [f"{panel.request.method.label}, {_steps(row.steps)}" for panel, row in rows],
            "NFE": [f"{row.nfe:.3g}" for _, row in rows],
            "in-region": [_share(row.in_region, panel.samples) for panel, row in rows],
            "agreement": [_share(row.condition_agreement, panel.samples) for panel, row in rows],
            "mean miss": [f"{row.miss:.3f}" for _, row in rows],
            "ms per 1,000": [f"{1000 * row.seconds_per_1000:,.0f}" for _, row in rows],
        }
    )
    st.html(shown.to_html(index=False, border=0, classes="merit"))  # st.table would fetch a library to do the same
    samples = max(panel.samples for panel in scene.panels)
    note, button = st.columns([3, 1], vertical_alignment="center")
    note.caption(
        f"From {samples:,} samples, the same R for every row; in brackets the 95 % interval. NFE: network "
        "evaluations per sample, counted. In-region: inside a region that the concept may mean. Agreement: nearest to such "
        "a region. Mean miss: distance outside, space units. Milliseconds: measured here, once."
    )
    raw = pd.DataFrame([row for _, row in rows])
    button.download_button(
        "Download CSV", raw.to_csv(index=False), "coalescer-sandbox.csv", "text/csv", on_click="ignore"
    )


def _steps(steps: int) -> str:
    return f"{steps} step{'s' if steps > 1 else ''}"


def _share(share: float, samples: int) -> str:
    """A share with its 95 % interval."""
    low, high = share_interval(share, samples)
    return f"{share:.1%} ({100 * low:.1f}–{100 * high:.1f})"


def _over_desc_scale(state: State, dark: bool) -> None:
    """Both ways to fail, with the current value between them."""
    scales, shares = over_desc_scale(state)
    if not scales:
        return
    st.html(
        f"<b>In-region share of “{state.concept}” over desc_scale</b>, left panel's method, {state.steps} steps: too small, "
        "and the description is ignored; too large, and its noise alone picks the pair"
    )
    words = ", ".join(f"{scale:g}: {share:.0%}" for scale, share in zip(scales, shares, strict=True))
    drawn = base64.b64encode(desc_scale_curve(scales, shares, state.desc_scale, dark).encode()).decode()
    st.html(
        f"<img class='curve' src='data:image/svg+xml;base64,{drawn}' alt='In-region share over desc_scale. {words}.'>"
    )
