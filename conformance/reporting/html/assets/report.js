// The page: its data as objects, its tables, and what the address says.
const data = JSON.parse(document.getElementById("data").textContent);
const word = (index) => data.words[index];
const clauses = data.clauses.map((c, index) => ({
  index, id: c[0], says: c[1], service: word(c[2]), group: word(c[3]), kind: word(c[4]), level: word(c[5]), provenance: word(c[6]),
  binds: word(c[7]), where: c[8], status: data.statuses[c[9]], reason: word(c[10]),
}));
const cases = data.cases.map((c, index) => ({
  index, id: c[0], says: c[1], family: word(c[2]), service: word(c[3]), level: word(c[4]), provenance: word(c[5]), outcome: data.outcomes[c[6]],
  blame: word(c[7]), reason: word(c[8]), started: c[9], took: c[10], messages: c[11], about: data.lists[c[12]], exercised: data.lists[c[13]],
  leftOut: word(c[14]), repeat: c[15].length ? c[15].map(word).join(c[0]) : "", held: c[16],
  excuse: word(c[18]), repeats: c[19].length ? { decision: word(c[19][0]), says: c[19][1], means: c[19][2], course: c[19][3] } : null,
  evidence: c[20].map(word),
  findings: c[17].map((f) => ({ clause: word(f[0]), where: word(f[1]), expected: word(f[2]), seen: word(f[3]), drift: word(f[4]), document: word(f[5]), entry: f[6] })),
}));
// The family of a clause is that of the first case about it.
for (const one of cases) for (const index of one.about) clauses[index].family = clauses[index].family || one.family;
for (const one of clauses) one.family = one.family || "no case about it";
const clauseById = new Map(clauses.map((one) => [one.id, one])), caseById = new Map(cases.map((one) => [one.id, one]));

function make(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key in made && key !== "role") made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...children.filter((one) => one !== null));
  return made;
}
function count(number) { return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f"); }

const fill = (td, ...what) => { td.append(...what.filter((one) => one !== null)); return td; };
// What stands between backticks in a sentence is code.
const spoken = (text) => text.split(/`([^`]+)`/).map((one, at) => (at % 2 ? make("code", {}, one) : one));
const quiet = (text, className = "quiet") => make("span", { className: `${className} below` }, ...spoken(text));
const seconds = (td, one) => fill(td, one.outcome === "skipped" ? "" : (one.took / 1000).toFixed(2));
const why = (one) => (one.findings.length ? `${one.findings[0].where}: expected ${one.findings[0].expected}, got ${one.findings[0].seen}` : one.reason);
// What is wrong comes first, in its order; then everything else.
const urgent = (all, rank) => [...all].sort((a, b) => (rank(a) < 0 ? 9 : rank(a)) - (rank(b) < 0 ? 9 : rank(b)));
const plainCell = (key) => (one, td) => fill(td, one[key]);

dataTable({
  root: document.getElementById("cases"), noun: "cases", prefix: "", rows: urgent(cases, (one) => ["failed", "broken"].indexOf(one.outcome)), search: "id, sentence or reason",
  words: (one) => `${one.id} ${one.says} ${one.reason} ${one.findings.map((f) => `${f.clause} ${f.where} ${f.seen}`).join(" ")}`,
  choices: [
    { key: "outcome", label: "Outcome", of: (one) => one.outcome }, { key: "family", label: "Family", of: (one) => one.family },
    { key: "service", label: "Service", of: (one) => one.service }, { key: "level", label: "Level", of: (one) => one.level },
    ...(cases.some((one) => one.repeats) ? [{ key: "repeated", label: "Repeated", of: (one) => (one.repeats ? one.repeats.decision : "") }] : []),
    ...(cases.some((one) => one.excuse) ? [{ key: "excuse", label: "Excuse", of: (one) => one.excuse }] : []),
  ],
  columns: [
    { key: "outcome", head: "Outcome", by: (one) => -["passed", "skipped", "broken", "failed"].indexOf(one.outcome), cell: (one, td) => fill(td, outcomeBadge(one), one.repeats ? quiet(one.repeats.decision) : null) },
    { key: "id", head: "Case", className: "main", by: (one) => one.id, cell: (one, td) => fill(td, caseLink(one), quiet(one.says), one.outcome !== "passed" && why(one) ? quiet(shorten(why(one), 240), one.outcome === "failed" ? "bad" : "quiet") : null) },
    { key: "family", head: "Family", by: (one) => one.family, cell: plainCell("family") },
    { key: "service", head: "Service", by: (one) => one.service, cell: plainCell("service") },
    { key: "level", head: "Level", by: (one) => one.level, cell: plainCell("level") },
    { key: "seconds", head: "Seconds", className: "number", by: (one) => one.took, cell: (one, td) => seconds(td, one) },
  ],
});
dataTable({
  root: document.getElementById("clauses"), noun: "clauses", prefix: "c-", rows: urgent(clauses, (one) => ["broken"].indexOf(one.status)), search: "id, sentence, file or reason",
  words: (one) => `${one.id} ${one.says} ${one.where} ${one.reason}`,
  choices: [
    { key: "status", label: "Status", of: (one) => one.status, shown: statusWord }, { key: "service", label: "Service", of: (one) => one.service },
    { key: "kind", label: "Kind", of: (one) => one.kind }, { key: "level", label: "Level", of: (one) => one.level }, { key: "provenance", label: "Provenance", of: (one) => one.provenance },
  ],
  columns: [
    { key: "status", head: "Status", by: (one) => -["enforced", "unenforced", "broken"].indexOf(one.status), cell: (one, td) => fill(td, badge(statusWord(one.status), STATUS_TONE[one.status])) },
    { key: "id", head: "Clause", className: "main", by: (one) => one.id, cell: (one, td) => fill(td, clauseLink(one), quiet(one.says), one.reason ? quiet(shorten(one.reason, 240)) : null) },
    { key: "provenance", head: "Provenance", by: (one) => one.provenance, cell: plainCell("provenance") },
    { key: "level", head: "Level", by: (one) => one.level, cell: plainCell("level") },
    { key: "where", head: "Where", className: "place", by: (one) => one.where.replace(/\d+$/, (line) => line.padStart(9, "0")), cell: (one, td) => fill(td, make("span", { className: "id" }, one.where)) },
  ],
});
heatMap(document.getElementById("heat"), document.getElementById("pointed"));

// The address: filters of the tables, and the case or clause that is open.
function address(extra) {
  const parts = [...tables.flatMap((one) => one.told()), ...extra].map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return parts.length ? `#${parts.join("&")}` : " ";
}
function replaceHash(hash) {
  try { history.replaceState(null, "", hash === " " ? location.pathname + location.search : hash); } catch { /* a sandbox may forbid it */ }
}
function writeHash() { if (!dialog.open) replaceHash(address([])); }
function params() {
  const found = new Map();
  for (const part of location.hash.slice(1).split("&")) {
    const cut = part.indexOf("=");
    try { if (cut > 0) found.set(part.slice(0, cut), decodeURIComponent(part.slice(cut + 1))); } catch { /* not of ours */ }
  }
  return found;
}
function follow(first) {
  const found = params(), moved = tables.filter((one) => one.take(found));
  const one = caseById.get(found.get("case")), clause = clauseById.get(found.get("clause"));
  if (one) showDetail("Case", one.id, caseDetail(one));
  else if (clause) showDetail("Clause", clause.id, clauseDetail(clause));
  else {
    const name = found.get("case") || found.get("clause");
    if (name !== undefined) showDetail(found.has("case") ? "Case" : "Clause", harmless(shorten(name, 200)), make("div", { className: "body" }, make("p", {}, "There is none of this name in this run.")));
    else if (dialog.open) dialog.close();
    if (name === undefined && moved.length) moved[0].root.scrollIntoView();
  }
}
dialog.addEventListener("close", () => { const found = params(); if (found.has("case") || found.has("clause")) replaceHash(address([])); });
addEventListener("hashchange", () => follow());

// Light, dark, or as the system has it. What was chosen is kept where the browser lets a page keep something.
const theme = document.getElementById("theme"), KEPT = "conformance-report-theme";
function themed(value) { if (value) document.documentElement.dataset.theme = value; else delete document.documentElement.dataset.theme; }
try { theme.value = localStorage.getItem(KEPT) || ""; } catch { /* nothing is kept here */ }
if (!theme.value) theme.value = "";
themed(theme.value);
theme.parentElement.hidden = false;
theme.addEventListener("change", () => { themed(theme.value); try { localStorage.setItem(KEPT, theme.value); } catch { /* nothing is kept here */ } });

// The command that repeats a case, and a button that copies it.
async function copied(text, from) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* not from here: then as it was done before */ }
  const range = document.createRange();
  range.selectNodeContents(from);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  try { return document.execCommand("copy"); } catch { return false; }
}
function copyButton(code) {
  const button = make("button", { type: "button" }, "Copy"), told = make("span", { className: "sr", role: "status" });
  button.addEventListener("click", async () => {
    const done = await copied(code.textContent, code);
    told.textContent = button.textContent = done ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = "Copy"; told.textContent = ""; }, 2000);
  });
  return [button, told];
}
function repeatLine(text) {
  const code = make("code", {}, text);
  return make("p", { className: "repeat" }, code, ...copyButton(code));
}
for (const code of document.querySelectorAll(".repeat > code")) code.parentElement.append(...copyButton(code));
follow();
