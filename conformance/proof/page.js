"use strict";
// All texts are put into the page as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const OUTCOMES = data.outcomes, LETTERS = { caught: "", survived: "S", elsewhere: "E", outside: "O", unapplied: "U", inconclusive: "I", excused: "x" };
const clauseName = (i) => data.clauses[i][0], caseName = (i) => data.cases[i][0];
const list = (i, name) => data.lists[i].map((one) => (one < 0 ? `and ${-one} more` : name(one)));
const faults = data.faults.map((f, index) => ({
  index, name: f[0], behavioural: f[1] === 1, family: f[2], says: f[3], clauses: f[4], outcome: OUTCOMES[f[5]], shadow: f[6],
  caught: f[7], also: f[8], outside: f[9], blind: f[10], stuck: f[11], applied: f[12], played: f[13], seconds: f[14], excused: f[15],
  state: f[15] && OUTCOMES[f[5]] !== "caught" ? "excused" : OUTCOMES[f[5]],
}));
const byName = new Map(faults.map((f) => [f.name, f]));
const cases = data.cases.slice(0, data.own).map((c) => ({ id: c[0], family: c[1], seen: c[2], played: c[3], excused: c[4], by: [] }));
const byCase = new Map(cases.map((c) => [c.id, c]));
for (const f of faults) for (const l of [f.caught, f.also]) for (const i of data.lists[l]) if (i >= 0 && cases[i]) cases[i].by.push(f);

function make(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key in made && key !== "list") made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...children.filter((one) => one !== null));
  return made;
}
const link = (kind, name) => make("a", { className: "id", href: `#${kind}=${encodeURIComponent(name)}`, textContent: name });
const heat = (f) => (f.state !== "caught" ? f.state : ["", "f", "s", "s", "m"][Math.min(4, data.lists[f.caught].length)]);
const mark = (f) => make("span", { className: `mark ${heat(f)}`, "aria-hidden": "true", textContent: LETTERS[f.state] });
const caseLink = (name) => (byCase.has(name) ? link("case", name) : make("span", { className: "id", textContent: name }));
const lines = (...found) => found.map((one) => make("div", {}, ...[one].flat()));

function definition(...pairs) {
  const made = make("dl");
  for (const [term, found] of pairs) {
    if (found && found.length) made.append(make("dt", { textContent: term }), make("dd", {}, ...found));
  }
  return made;
}
const clauseLines = (i) => data.lists[i].flatMap((c) => c < 0 ? lines(`and ${-c} more`) : lines([
  make("span", { className: "id", textContent: clauseName(c) }), make("span", { className: "quiet", textContent: ` ${data.clauses[c][1]}` })]));
const caseLines = (i) => data.lists[i].flatMap((c) => lines(c < 0 ? `and ${-c} more` : caseLink(caseName(c))));

function tellFault(f) {
  const word = f.state === "excused" ? `${f.outcome}, excused: ${f.excused}` : f.outcome;
  const played = `${f.played} cases in ${f.seconds} s` + (f.applied === null ? "" : `, applied ${f.applied} times`);
  return make("div", { className: "told" },
    make("p", {}, mark(f), make("b", { className: "id", textContent: f.name })),
    make("p", { textContent: f.says }),
    definition(
      ["outcome", [word]], ["family", [`${f.family}, ${f.behavioural ? "behavioural" : "derived"}`]], ["breaks", clauseLines(f.clauses)],
      ["caught by", caseLines(f.caught)], ["also red", caseLines(f.also)],
      ["outside", f.outside.flatMap((one) => lines([caseLink(one[0]), ` ${one[1] || "no clause"}: ${one[2]}`]))],
      ["stayed green", caseLines(f.blind)], ["not judged", f.stuck.flatMap((one) => lines([caseLink(one[0]), ` ${one[1]}`]))],
      ["may break", list(f.shadow, clauseName).length ? [list(f.shadow, clauseName).join(", ")] : []], ["played", [played]]));
}
function tellCase(c) {
  const by = c.by.slice(0, 60).flatMap((f) => lines([mark(f), link("fault", f.name)]));
  if (c.by.length > 60) by.push(...lines(`and ${c.by.length - 60} more`));
  return make("div", { className: "told" }, make("p", {}, make("b", { className: "id", textContent: c.id })),
    definition(["family", [c.family]], ["played", [`under ${c.played} faults, failed under ${c.seen}`]],
      ["excused", c.excused ? [c.excused] : []], ["failed under", by]));
}

// The panel: what is pointed at, else what the address names.
const panel = document.getElementById("panel"), panelBody = panel.lastElementChild;
let pinned = null;
const show = (told) => { panel.hidden = !told; panelBody.replaceChildren(...(told ? [told] : [])); };
const unpoint = () => { panel.classList.remove("up"); show(pinned && pinned()); };
function follow() {
  const found = /^#(fault|case)=(.*)$/s.exec(location.hash);
  let name = "";
  try { name = found ? decodeURIComponent(found[2]) : ""; } catch { /* no name of ours */ }
  const fault = found && found[1] === "fault" && byName.get(name), one = found && found[1] === "case" && byCase.get(name);
  pinned = fault ? () => tellFault(fault) : one ? () => tellCase(one) : null;
  unpoint();
  document.querySelectorAll(".cells a[aria-current]").forEach((cell) => cell.removeAttribute("aria-current"));
  if (fault) cells[fault.index].setAttribute("aria-current", "true");
}
function close() { history.replaceState(null, "", location.pathname + location.search); follow(); }
panel.firstElementChild.addEventListener("click", close);
addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) close(); });
addEventListener("hashchange", follow);

// The matrix: a service, its messages, their faults; one stop of the tabulator, arrows within.
const matrix = document.getElementById("matrix"), cells = [], rows = [];
const services = new Map();
for (const f of faults) {
  const words = f.name.split("/"), derived = !f.behavioural && words.length > 2;
  const service = derived ? words[0] : "Behaviour of the reference", name = derived ? words[1] : f.family;
  if (!services.has(service)) services.set(service, new Map());
  const found = services.get(service);
  if (!found.has(name)) found.set(name, []);
  found.get(name).push(f);
}
for (const [service, found] of [...services].sort((a, b) => a[0].startsWith("Behaviour") - b[0].startsWith("Behaviour"))) {
  matrix.append(make("h3", { textContent: service }));
  for (const [name, own] of [...found].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    own.sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : a.index - b.index));
    const row = make("div", { className: "cells" });
    own.forEach((f, at) => {
      const cell = make("a", {
        className: heat(f) + (at && own[at - 1].family !== f.family ? " next" : ""), href: `#fault=${encodeURIComponent(f.name)}`,
        tabIndex: -1, textContent: LETTERS[f.state], ariaLabel: `${f.name}: ${f.state}`,
      });
      cell.fault = f;
      cells[f.index] = cell;
      row.append(cell);
    });
    rows.push(row);
    const bad = own.filter((f) => f.state !== "caught" && f.state !== "excused").length;
    matrix.append(make("div", { className: "row" }, make("span", { className: "id", textContent: name }),
      make("span", { className: bad ? "n bad" : "n", textContent: bad ? `${bad} of ${own.length}` : `${own.length}`,
        title: bad ? `${bad} of ${own.length} need an answer` : `${own.length} faults` }), row));
  }
}
let stop = rows.length ? rows[0].firstElementChild : null;
if (stop) stop.tabIndex = 0;
function pointed(event) {
  const cell = event.target.closest(".cells a");
  if (!cell) return;
  panel.classList.toggle("up", cell.getBoundingClientRect().top > innerHeight / 2); // never over what is pointed at
  show(tellFault(cell.fault));
}
matrix.addEventListener("mouseover", pointed);
matrix.addEventListener("mouseleave", unpoint);
matrix.addEventListener("focusout", unpoint);
matrix.addEventListener("focusin", (event) => {
  if (!event.target.fault) return;
  stop.tabIndex = -1; stop = event.target; stop.tabIndex = 0;
  pointed(event);
});
matrix.addEventListener("keydown", (event) => {
  const row = rows.indexOf(event.target.parentElement);
  if (row < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = [...rows[row].children].indexOf(event.target);
  const clamped = (other) => { const found = rows[other]; return found && found.children[Math.min(at, found.children.length - 1)]; };
  const goal = {
    ArrowRight: () => event.target.nextElementSibling || (rows[row + 1] && rows[row + 1].firstElementChild),
    ArrowLeft: () => event.target.previousElementSibling || (rows[row - 1] && rows[row - 1].lastElementChild),
    ArrowDown: () => clamped(row + 1), ArrowUp: () => clamped(row - 1),
    Home: () => rows[row].firstElementChild, End: () => rows[row].lastElementChild,
  }[event.key];
  const next = goal && goal();
  if (goal) event.preventDefault();
  if (next) next.focus();
});

// The tables: what fits the words and choices, so many rows at a time.
const STEP = 100;
function table(root, all, words, fits, row, told) {
  const [search, ...choices] = root.querySelectorAll("input, select"), body = root.querySelector("tbody");
  const counted = root.querySelector("[role=status]"), more = root.querySelector(".more"), texts = all.map((one) => words(one).toLowerCase());
  let found = [], shown = 0;
  function grow() {
    for (const one of found.slice(shown, shown + STEP)) {
      const made = make("tr", {}, ...row(one));
      const open = make("button", { type: "button", textContent: "+", ariaExpanded: "false", ariaLabel: "details" });
      open.addEventListener("click", () => {
        const opened = open.ariaExpanded !== "true";
        open.ariaExpanded = String(opened); open.textContent = opened ? "−" : "+";
        if (opened) made.after(make("tr", {}, make("td", { colSpan: 4 }, told(one)))); else made.nextElementSibling.remove();
      });
      made.firstElementChild.prepend(open);
      body.append(made);
    }
    shown = Math.min(found.length, shown + STEP);
    counted.textContent = `${found.length} of ${all.length}` + (shown < found.length ? `, the first ${shown} shown` : "");
    more.hidden = shown >= found.length;
  }
  function filter() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean), chosen = choices.map((one) => one.value);
    found = all.filter((one, at) => wanted.every((word) => texts[at].includes(word)) && fits(one, ...chosen));
    shown = 0; body.replaceChildren(); grow();
  }
  search.addEventListener("input", filter);
  choices.forEach((one) => one.addEventListener("change", filter));
  more.firstElementChild.addEventListener("click", grow);
  filter();
}
const cell = (head, ...children) => make("td", { "data-head": head }, ...children);
const few = (names, maker) => names.slice(0, 2).map(maker).concat(names.length > 2 ? [make("span", { className: "quiet", textContent: `and ${names.length - 2} more` })] : []);
const plain = (name) => make("span", { className: "id", textContent: name });
const rank = (f) => (f.state === "caught" ? 2 : f.state === "excused" ? 1 : 0);
const choose = (id, values) => document.getElementById(id).append(...values.map((one) => make("option", { textContent: one })));
choose("outcome", [...OUTCOMES, "excused"].filter((one) => faults.some((f) => f.state === one)));
choose("family", [...new Set(faults.map((f) => f.family))].sort());
choose("case-family", [...new Set(cases.map((c) => c.family))].sort());
table(document.getElementById("faults"), [...faults].sort((a, b) => rank(a) - rank(b) || a.index - b.index),
  (f) => [f.name, f.says, ...list(f.clauses, clauseName), ...list(f.caught, caseName), ...list(f.also, caseName)].join(" "),
  (f, outcome, family) => (!outcome || f.state === outcome) && (!family || f.family === family),
  (f) => [cell("", make("span", {}, link("fault", f.name))), cell("", mark(f), f.state), cell("breaks", ...few(list(f.clauses, clauseName), plain)),
    cell("caught by", ...few(list(f.caught, caseName), caseLink), data.lists[f.caught].length ? "" : "–")],
  tellFault);
table(document.getElementById("cases"), [...cases].sort((a, b) => (a.seen > 0) - (b.seen > 0)),
  (c) => [c.id, c.family].join(" "),
  (c, seen, family) => (!seen || { never: !c.seen && !c.excused, seen: c.seen > 0, excused: !c.seen && c.excused }[seen]) && (!family || c.family === family),
  (c) => [cell("", make("span", {}, link("case", c.id))), cell("family", c.family), cell("seen failing", `${c.seen}`),
    cell("under", ...(c.by.length ? few(c.by.map((f) => f.name), (name) => link("fault", name)) : [c.excused ? `excused: ${c.excused}` : "never"]))],
  tellCase);
document.documentElement.classList.add("live");
follow();
