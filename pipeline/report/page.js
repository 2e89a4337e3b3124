"use strict";
// Draws the charts and gives them the style sheet's colours, again whenever those change.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 46rem)");
  const charts = [...document.querySelectorAll("script[data-chart]")].map((source) => ({
    node: document.getElementById(source.dataset.chart),
    json: source.textContent,
  }));
  const PAPER = { "--ink": "#1b1f23", "--muted": "#555d66", "--rule": "#dedbd5", "--paper": "#ffffff" };
  const LIGHT = ["#005a94", "#cf5400", "#00805a", "#ad3f82", "#a06e00", "#2a8cc4"];

  function colours(print) {
    const css = getComputedStyle(root);
    return (name) => {
      if (print) return PAPER[name] || LIGHT[Number(name.slice(3)) - 1];
      return css.getPropertyValue(name).trim();
    };
  }

  function dressed(json, colour, print) {
    const { data, layout } = JSON.parse(json);
    for (const trace of data) {
      const own = colour(`--${trace.meta}`);
      if (trace.line) trace.line.color = own;
      if (!trace.marker) continue;
      const hollow = trace.marker.color === "#ffffff";
      trace.marker.color = hollow ? colour("--paper") : own;
      if (trace.marker.line) trace.marker.line.color = own;
    }
    layout.font = { ...layout.font, color: colour("--muted"), family: getComputedStyle(document.body).fontFamily };
    for (const axis of [layout.xaxis, layout.yaxis]) {
      axis.gridcolor = colour("--rule");
      axis.linecolor = colour("--rule");
    }
    layout.yaxis.tickfont = { ...layout.yaxis.tickfont, color: colour("--ink") };
    for (const shape of layout.shapes || []) {
      shape.line.color = colour(shape.name === "limit" ? "--muted" : "--rule");
    }
    layout.hoverlabel = {
      ...layout.hoverlabel,
      bgcolor: colour("--paper"),
      bordercolor: colour("--muted"),
      font: { color: colour("--ink"), size: 13 },
    };
    if (narrow.matches && !print && layout.meta) {
      layout.yaxis.showticklabels = false;
      const ink = { color: colour("--ink") };
      const names = layout.meta.map((one) => ({ ...one, bgcolor: colour("--paper"), font: { ...one.font, ...ink } }));
      layout.annotations = [...(layout.annotations || []), ...names];
      layout.margin = { ...layout.margin, l: 10, r: 22 };
    }
    if (print) layout.width = 660;
    return { data, layout };
  }

  function draw(print = false) {
    const colour = colours(print);
    for (const { node, json } of charts) {
      const { data, layout } = dressed(json, colour, print);
      Plotly.react(node, data, layout, { displayModeBar: false, responsive: true, doubleClick: false });
    }
  }

  const opened = [];
  function beforePrint() {
    for (const one of document.querySelectorAll("details:not([open])")) {
      one.open = true;
      opened.push(one);
    }
    draw(true);
  }
  function afterPrint() {
    for (const one of opened.splice(0)) one.open = false;
    draw();
  }

  draw();
  root.classList.add("drawn");
  dark.addEventListener("change", () => draw());
  narrow.addEventListener("change", () => draw());
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", afterPrint);

  // The line of the contents whose section is being read.
  const lines = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
  const heads = [...lines.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  function here() {
    const passed = heads.filter((head) => head.getBoundingClientRect().top < 120);
    for (const [id, a] of lines) {
      if (passed.length && passed[passed.length - 1].id === id) a.setAttribute("aria-current", "true");
      else a.removeAttribute("aria-current");
    }
  }
  addEventListener("scroll", here, { passive: true });
  here();
})();
