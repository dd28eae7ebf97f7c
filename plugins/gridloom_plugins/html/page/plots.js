"use strict";
// Draws every plot from the JSON beside it, in the page's colours, and again when theme or width change.
(() => {
  const phone = matchMedia("(max-width: 40rem)");
  const places = [...document.querySelectorAll(".plot")];
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);

  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };

  const CONFIG = { displayModeBar: false, responsive: true, typesetMath: false };
  const IS_COLOUR = /colou?r(scale)?$/;

  // A copy in which "@accent" under a key for colours is the page's accent; texts of users stand under other keys.
  const coloured = (value, here = false) => {
    if (Array.isArray(value)) return value.map((item) => coloured(item, here));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coloured(item, IS_COLOUR.test(key))]));
    }
    return here && typeof value === "string" && value.startsWith("@") ? colour(value.slice(1)) : value;
  };

  const axis = () => ({
    gridcolor: "@line", linecolor: "@line", zeroline: false, tickcolor: "@line", automargin: true, fixedrange: true,
    tickfont: { size: 12, color: "@text" }, title: { font: { size: 12, color: "@quiet" }, standoff: 8 },
  });

  const base = (height) => ({
    height, autosize: true, dragmode: false, hovermode: "closest", showlegend: false,
    margin: { l: 8, r: 12, t: 12, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: "@text" },
    hoverlabel: { bgcolor: "@raised", bordercolor: "@line", font: { color: "@text", size: 12 }, align: "left" },
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", font: { size: 12, color: "@text" } },
    xaxis: axis(), yaxis: axis(),
  });

  const merged = (target, source) => {
    for (const [key, value] of Object.entries(source || {})) {
      const deep = value && typeof value === "object" && !Array.isArray(value);
      target[key] = deep ? merged(target[key] || {}, value) : value;
    }
    return target;
  };

  const draw = (place) => {
    const figure = JSON.parse(place.nextElementSibling.textContent);
    const { hide_texts: hideTexts, ...narrow } = figure.narrow;
    if (phone.matches && hideTexts) for (const trace of figure.data) trace.texttemplate = "";
    const layout = merged(merged(base(Number(place.dataset.height)), figure.layout), phone.matches ? narrow : {});
    return Plotly.react(place, coloured(figure.data), coloured(layout), CONFIG);
  };

  // The library is compressed in the page; the page's policy knows the hash of what comes out.
  const unpacked = () => {
    const bytes = Uint8Array.from(atob(document.getElementById("library").textContent), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };

  const load = async () => {
    const script = document.createElement("script");
    script.textContent = await unpacked();
    document.head.append(script);
    script.remove();
  };

  const drawAll = () => places.forEach(draw);
  const start = async () => {
    await load();
    document.addEventListener("themechange", drawAll);
    phone.addEventListener("change", drawAll);
    drawAll();
  };
  if (!places.length) return;
  if (window.DecompressionStream) start();
  else document.getElementById("undrawn").hidden = false;
})();
