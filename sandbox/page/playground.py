"""The first page, from top to bottom: two methods on the same plane."""

import base64
from dataclasses import asdict

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sandbox.engine.recipe import options
from sandbox.measure.experiment import Answer
from sandbox.measure.quality import share_interval
from sandbox.page import controls, training
from sandbox.page.legend import legend
from sandbox.page.visit import current
from sandbox.pictures import decoder as pictures
from sandbox.spaces import NONE
from sandbox.stage.curves import share_curve
from sandbox.stage.panels import counted, panels
from sandbox.stage.scene import Panel, Scene, over_desc_scale
from sandbox.stage.state import State

CHART = {"displaylogo": False, "modeBarButtons": [["toImage"]]}
STATIC = {"staticPlot": True}
SHOWN_PICTURES = 8

HOW_TO_READ = """
**The plane** is a latent space: every point stands for an image, nearly all of them noise. Only points inside a region
decode to a picture that means something. Both panels start from the *same* random points R and are asked for the same
descriptions.

**Arrows** point from a place to where the method says it belongs. Long and strong means a trusted direction: where the method
says so itself, the length of its target_direction; where it knows the spread of its targets, how well they agree,
|E[x₀ − x]| / √E|x₀ − x|². No arrow is longer than the displacement that it stands for.

**Jumps** end at an image after every step, so the table has a row for each. Methods that anneal noise are half noise until
their last step, and have one row.
"""


def show() -> None:
    """One run of the page."""
    status = st.empty()
    left, right = st.columns(2, gap="medium")
    methods = [_panel("left", "steps", left), _panel("right", "right_steps", right)]
    controls.sidebar(methods)
    controls.of_panels(methods)
    controls.below()

    state, dark = current(), st.context.theme.type == "dark"
    scene, reason = training.scene_or_last_good(state)
    with st.container(key="stage", height="stretch"):
        chart, words = panels(scene, dark), _in_words(scene)
        st.plotly_chart(chart, theme=None, config=CHART, height="stretch", key="panels", alt=words)
    st.html(legend(scene, dark))
    for column, panel in zip(st.columns(2, gap="medium"), scene.panels, strict=True):
        with column:
            _pictures(panel, scene)
    _table(scene)
    _over_desc_scale(scene.state, dark)
    with st.expander("How to read this page"):
        for panel in scene.panels:
            method = panel.view.drawn.method
            st.markdown(f"**{method.label}.** {method.summary}")
        st.markdown(HOW_TO_READ)
    if reason:
        training.attend(state, scene.state, reason, status)


def _panel(side: str, steps: str, place: DeltaGenerator) -> type:
    """The method and the number of steps of one panel, above it."""
    which, number = place.columns([3, 2], gap="small", vertical_alignment="center")
    method = controls.choose_method(side, which)
    controls.control(steps, number, stops=method.steps)
    return method


def _in_words(scene: Scene) -> str:
    """The picture for those who do not see it."""
    parts = [f"Two panels on the same plane; the concept asked for is {scene.state.concept}."]
    for panel in scene.panels:
        last = panel.answers[-1]
        parts.append(
            f"{last.question.method.label}, {last.trajectory.nfe:g} evaluations: {last.quality.in_region:.0%} of "
            f"{last.question.count:,} points landed in a region that is meant; the mean distance to it is "
            f"{last.quality.miss:.2f} units."
        )
    return " ".join(parts)


def _pictures(panel: Panel, scene: Scene) -> None:
    """What generation ends with: the decoded samples."""
    samples, label = panel.states[-1, :SHOWN_PICTURES], panel.view.drawn.method.label
    image = pictures.png(pictures.contact_sheet(pictures.decode(samples, scene.space), columns=SHOWN_PICTURES // 2))
    finite = samples[np.isfinite(samples).all(axis=1)]
    inside = int((scene.space.distance(finite, scene.state.concept) < 0).sum())
    meant = "a meaningful picture" if scene.state.concept == NONE else f"a picture of “{scene.state.concept}”"
    data = base64.b64encode(image).decode()
    alt = f"{label}: {inside} of {SHOWN_PICTURES} decoded points are {meant}."
    st.html(f"<b>{label}</b>: what its first eight samples decode to")
    st.html(f"<img class='sheet' src='data:image/png;base64,{data}' alt='{alt}'>")
    st.caption(alt)


def _table(scene: Scene) -> None:
    """Figures of merit, with the interval that so many samples allow."""
    answers = [answer for panel in scene.panels for answer in panel.answers]
    shown = pd.DataFrame(
        {
            "method": [f"{a.question.method.label}, {counted(a.question.steps, 'step')}" for a in answers],
            "NFE": [f"{a.trajectory.nfe:.3g}" for a in answers],
            "in-region": [_share(a.quality.in_region, a.question.count) for a in answers],
            "agreement": [_share(a.quality.condition_agreement, a.question.count) for a in answers],
            "mean miss": [f"{a.quality.miss:.3f}" for a in answers],
            "ms per 1,000": [f"{1000 * _seconds(a):,.0f}" for a in answers],
        }
    )
    st.html(shown.to_html(index=False, border=0, classes="merit"))  # st.table would fetch a library to do the same
    counts = " and ".join(f"{count:,}" for count in sorted({a.question.count for a in answers}))
    note, button = st.columns([3, 1], vertical_alignment="center")
    note.caption(
        f"From {counts} samples, the same R for every row; in brackets the 95 % interval. NFE: network "
        "evaluations per sample, counted. In-region: inside a region that the concept may mean. Agreement: nearest to such "
        "a region. Mean miss: distance outside, space units. Milliseconds: measured here, once."
    )
    raw = pd.DataFrame([_row(a) for a in answers]).to_csv(index=False)
    button.download_button("Download CSV", raw, "coalescer-sandbox.csv", "text/csv", on_click="ignore")


def _row(answer: Answer) -> dict[str, object]:
    """An answer as a line of the file that can be downloaded."""
    question = answer.question
    return {
        "space": question.world.space.name,
        "method": question.method.name,
        "concept": question.concept,
        "steps": question.steps,
        "seed": question.seed,
        "samples": question.count,
        **{name: getattr(question.method, name) for name in options(question.method)},
        "nfe": answer.trajectory.nfe,
        **asdict(answer.quality),
        "seconds_per_1000": _seconds(answer),
    }


def _seconds(answer: Answer) -> float:
    """That 1,000 samples took."""
    return 1000 * answer.seconds / answer.question.count


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
        f"<b>In-region share of “{state.concept}” over desc_scale</b>, left panel's method, {counted(state.steps, 'step')}: "
        "too small, and the description is ignored; too large, and its noise alone picks the pair"
    )
    words = ", ".join(f"{scale:g}: {share:.0%}" for scale, share in zip(scales, shares, strict=True))
    curve = share_curve(scales, shares, state.value("desc_scale"), dark)
    alt = f"In-region share over desc_scale. {words}."
    st.plotly_chart(curve, theme=None, config=STATIC, height=230, key="curve", alt=alt)
