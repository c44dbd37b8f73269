"""What the benchmark asks of a page in the browser, as scripts: what is painted, and when."""

# The stage, wherever it is: in a document, or in the shadow root of a component.
STAGE = """(document.querySelector(".stage") ?? [...document.querySelectorAll("*")]
  .map(one => one.shadowRoot?.querySelector(".stage")).find(Boolean))"""
# Each panel says how many evaluations its paths took in the frame that draws them; its field was answered before.
STAGE_PAINTED = f"""() => {{
  const panels = [...({STAGE}?.querySelectorAll(".panel") ?? [])];
  return panels.length > 0 && panels.every(panel => panel.querySelector(".figures dd").textContent !== "–");
}}"""
STAGE_JUDGED = f"() => Boolean({STAGE}?.querySelector('.lesson').textContent)"
# Streamlit has started, and put the stage that began before it into its page.
STAGE_IN_PLACE = f"() => !document.querySelector('.early-stage') && Boolean({STAGE})"
CHART = ".st-key-panels .js-plotly-plot"
CHART_PAINTED = f"""() => {{
  const chart = document.querySelector("{CHART}");
  return chart !== null && ["xy", "x2y2"].every(axes =>
    chart.querySelectorAll(`.shapelayer [clip-path$="${{axes}})"] > path[d^="M"]`).length >= 6
    && chart.querySelector(`.cartesianlayer .${{axes}} .scatterlayer path.point`) !== null);
}}"""
TEXT_PAINTED = """() => Boolean(document.querySelector("[data-testid=stText]")?.textContent.startsWith("shown"))"""

# From an input to the first frame in which a chart that can be seen has other marks, or a text is another.
WATCH = f"""() => {{
  const now = () => {{
    const charts = [...document.querySelectorAll("{CHART}")].filter(chart => chart.checkVisibility());
    const marks = chart => [...chart.querySelectorAll(".shapelayer path")].map(mark => mark.getAttribute("d")).join();
    return charts.length ? charts.map(marks).filter(Boolean).pop() ?? seen.before
      : document.querySelector("[data-testid=stText]").textContent;
  }};
  const look = () => {{
    if (now() !== seen.before) seen.took = performance.now() - seen.input;
    else requestAnimationFrame(look);
  }};
  const begin = event => {{
    [seen.input, seen.took, seen.before] = [event.timeStamp, null, now()];
    requestAnimationFrame(look);
  }};
  const seen = window.seen = {{before: "", took: null}};
  addEventListener("keydown", begin, true);
  addEventListener("pointerdown", begin, true);
}}"""

# Put at the end of the stage's module: notes what is asked of the model, the latest input before it, and the end of the
# frame that follows the answer.
TAP = """
{
  const tap = globalThis.tap = {from: 0, of: "pointermove", asks: [], requests: 0};
  const note = event => { if (event.type === tap.of) tap.from = event.timeStamp; };
  for (const kind of ["pointermove", "pointerup", "input", "click"]) addEventListener(kind, note, true);
  const {ask} = $client.Client.prototype;
  $client.Client.prototype.ask = function (channel, kind, ...rest) {
    const asked = {channel, kind, from: tap.from, shown: null, lost: false, error: null};
    tap.asks.push(asked);
    const coming = ask.call(this, channel, kind, ...rest);
    coming.then(answer => {
      asked.lost = answer === null;
      asked.error = answer?.error ?? null;
      requestAnimationFrame(() => {
        const {port1, port2} = new MessageChannel();
        port1.onmessage = () => { asked.shown = performance.now(); };
        port2.postMessage(0);
      });
    });
    return coming;
  };
}
"""
# Nothing that was asked is under way, the curve's points included.
ANSWERED = "() => tap.asks.length > 0 && tap.asks.every(asked => asked.shown !== null)"

# Frames a second while something happens in each of them.
FRAMES = """async ([milliseconds, each]) => {
  const act = each ? eval(each) : () => {};
  const began = performance.now();
  let frames = 0;
  await new Promise(done => {
    const tick = () => {
      frames += 1;
      act(frames);
      if (performance.now() - began < milliseconds) requestAnimationFrame(tick);
      else done();
    };
    requestAnimationFrame(tick);
  });
  return 1000 * frames / (performance.now() - began);
}"""
SCRUB = f"""(() => {{
  const scrub = {STAGE}.querySelector(".scrub");
  return frame => {{
    scrub.value = String(500 + 480 * Math.sin(frame / 15));
    scrub.dispatchEvent(new Event("input", {{bubbles: true, composed: true}}));
  }};
}})()"""
