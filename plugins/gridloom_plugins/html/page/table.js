"use strict";
// The table of trials: sorted by a click on a column's head, filtered by words, a page at a time.
(() => {
  const PAGE = 50;
  const { columns, rows } = JSON.parse(document.getElementById("rows").textContent);
  const [head, body] = document.getElementById("table").children;
  const filter = document.getElementById("filter");
  const which = document.getElementById("which");
  const count = document.getElementById("count");
  const back = document.getElementById("back");
  const next = document.getElementById("next");
  const names = columns.map((column) => column.name);
  // The columns of ours stand behind those of the experiment, whose names may be the same.
  const status = names.lastIndexOf("status");
  const among = names.lastIndexOf("tied");
  const hasBest = among >= 0 && !columns[among].parameter;
  const search = rows.map((row) => row.map((text, at) => `${names[at]}=${text}`).join("\n").toLowerCase());
  const order = new Intl.Collator(undefined, { numeric: true });
  let sorted = { at: 0, descending: false };
  let page = 0;

  const kinds = [...new Set(rows.map((row) => row[status]))];
  const choices = [...(hasBest ? ["tied with the best"] : []), ...(kinds.length > 1 ? kinds : [])];
  for (const choice of choices) which.add(new Option(choice, choice));

  which.parentElement.hidden = choices.length === 0;

  const compare = (first, second) => {
    const [a, b] = [rows[first][sorted.at], rows[second][sorted.at]];
    if (a === "" || b === "") return (a === "") - (b === "");  // what has no value is last either way
    const found = columns[sorted.at].kind === "number" ? Number(a) - Number(b) : order.compare(a, b);
    return sorted.descending ? -found : found;
  };

  const isShown = (at, words) => {
    const chosen = which.value;
    const isBest = hasBest && chosen === "tied with the best";
    const fits = !chosen || (isBest ? rows[at][among] === "yes" : rows[at][status] === chosen);
    return fits && words.every((word) => search[at].includes(word));
  };

  // Search strategies draw numbers of twelve digits: four are shown, and all when the pointer rests on them.
  const short = (text, { kind, parameter }) => {
    const isLong = parameter && kind === "number" && text.replace(/^[-0.]+|e.*$|\./g, "").length > 4;
    if (!isLong || /^-?\d+$/.test(text)) return text;
    const number = Number(text);
    if (Math.abs(number) < 1e-4) return number.toExponential(3).replace(/\.?0+e/, "e");
    return String(Number(number.toPrecision(4)));
  };

  const cell = (text, at) => {
    const made = document.createElement("td");
    made.textContent = short(text, columns[at]);
    made.className = columns[at].kind;
    if (text.length > 24 || made.textContent !== text) made.title = text;
    return made;
  };

  const show = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = [...rows.keys()].filter((at) => isShown(at, words)).sort((a, b) => compare(a, b) || a - b);
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    page = Math.min(page, pages - 1);
    body.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE).map((at) => {
      const line = document.createElement("tr");
      if (hasBest && rows[at][among] === "yes") line.className = "best";
      line.append(...rows[at].map(cell));
      return line;
    }));
    const of = shown.length === rows.length ? "" : ` of ${rows.length.toLocaleString("en")}`;
    count.textContent = `${shown.length.toLocaleString("en")}${of} trials`;
    back.parentElement.hidden = pages === 1;
    back.disabled = page === 0;
    next.disabled = page === pages - 1;
    document.getElementById("page").textContent = `page ${page + 1} of ${pages}`;
    [...head.rows[0].cells].forEach((made, at) => {
      made.ariaSort = at !== sorted.at ? "none" : sorted.descending ? "descending" : "ascending";
    });
  };

  const line = head.insertRow();
  columns.forEach((column, at) => {
    const made = document.createElement("th");
    const button = document.createElement("button");
    made.scope = "col";
    made.className = column.kind;
    button.type = "button";
    button.textContent = column.name;
    if (column.name.length > 24) button.title = column.name;
    button.addEventListener("click", () => {
      sorted = { at, descending: sorted.at === at && !sorted.descending };
      page = 0;
      show();
    });
    made.append(button);
    line.append(made);
  });
  for (const control of [filter, which]) control.addEventListener("input", () => { page = 0; show(); });
  back.addEventListener("click", () => { page -= 1; show(); });
  next.addEventListener("click", () => { page += 1; show(); });
  document.querySelector(".controls").hidden = false;
  show();
})();
