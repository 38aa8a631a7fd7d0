// A case or a clause with all that is known of it, in a dialog.
function pairs(...found) {
  const made = make("dl", { className: "pairs" });
  for (const [term, ...values] of found) {
    const full = values.filter((one) => one !== null && one !== "");
    if (full.length) made.append(make("dt", {}, term), make("dd", {}, ...full));
  }
  return made;
}
const ms = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(1)} ms`);
const caseLink = (one) => make("a", { className: "id", href: `#case=${encodeURIComponent(one.id)}` }, one.id);
const clauseLink = (one) => make("a", { className: "id", href: `#clause=${encodeURIComponent(one.id)}` }, one.id);
const badge = (text, tone = "") => make("span", { className: `badge ${tone}` }, text);
const OUTCOME_TONE = { passed: "good", failed: "bad", skipped: "", broken: "warn" }, STATUS_TONE = { enforced: "good", broken: "bad", unenforced: "" };
const outcomeBadge = (one) => badge(one.outcome, one.outcome === "failed" && one.excuse ? "warn" : OUTCOME_TONE[one.outcome]);
const statusWord = (status) => (status === "unenforced" ? "not enforced" : status);

function linked(items, link, most = 60) {
  const list = make("ul", { className: "plain" }, ...items.slice(0, most).map((one) => make("li", {}, link(one))));
  if (items.length > most) list.append(make("li", { className: "quiet" }, `and ${count(items.length - most)} more`));
  return list;
}
function folded(title, items, link, open) {
  if (!items.length) return null;
  return make("details", { open }, make("summary", {}, `${title} (${count(items.length)})`), linked(items, link, 400));
}

function findingBlock(finding, number, several) {
  const clause = clauseById.get(finding.clause);
  return make("section", { className: "finding" },
    several ? make("h4", {}, `Finding ${number + 1}`) : null,
    clause ? make("p", {}, ...spoken(clause.says)) : null,
    make("dl", { className: "against" },
      make("div", {}, make("dt", {}, "Expected"), make("dd", {}, finding.expected)),
      make("div", { className: "seen" }, make("dt", {}, "Seen"), make("dd", {}, finding.seen, " ", make("span", { className: "quiet" }, "at "), make("span", { className: "id" }, finding.where))),
      finding.drift ? make("div", {}, make("dt", {}, "Likely"), make("dd", {}, finding.drift)) : null),
    make("p", { className: "clause" }, clause ? clauseLink(clause) : make("span", { className: "id" }, finding.clause), " ", make("span", { className: "id quiet" }, finding.document)));
}

function caseDetail(one) {
  const made = make("div", { className: "body" });
  made.append(make("p", { className: "marks" }, outcomeBadge(one), one.excuse ? badge(one.excuse, "warn") : "", badge(one.family), badge(one.service), badge(one.level), badge(one.provenance)),
    make("p", { className: "says" }, ...spoken(one.says)));
  if (one.reason && !(one.findings.length && one.outcome === "failed")) made.append(make("p", { className: "reason" }, ...spoken(one.outcome === "broken" ? `Blame: ${one.blame}. ${one.reason}` : one.reason)));
  one.findings.slice(0, 50).forEach((finding, number) => made.append(findingBlock(finding, number, one.findings.length > 1)));
  if (one.findings.length > 50) made.append(make("p", { className: "quiet" }, `and ${count(one.findings.length - 50)} findings more`));
  if (one.repeats) made.append(pairs(["Repeated", one.repeats.says], ["Means", one.repeats.means], ["Course", make("span", { className: "id" }, one.repeats.course), make("span", { className: "quiet" }, " a letter a play: . passed, F failed, ? not judged")]));
  if (one.repeat) made.append(repeatLine(one.repeat));
  if (one.evidence.length) made.append(pairs(...one.evidence.map((watched) => ["Watched", watched])));
  made.append(pairs(["Began", `${ms(one.started)} after the run`], ["Took", ms(one.took)], ["Messages", count(one.messages)]));
  const claimed = folded("Clauses it is about", one.about.map((index) => clauses[index]), clauseLink, one.about.length < 6);
  const exercised = folded("Clauses it exercised", one.exercised.map((index) => clauses[index]), clauseLink, false);
  if (claimed) made.append(claimed);
  if (exercised) made.append(exercised);
  const wire = make("section", {}, make("h3", {}, "Transcript"));
  made.append(wire);
  const faults = new Set(one.findings.map((finding) => finding.entry).filter((entry) => entry !== null));
  if (!one.held.length) {
    const why = one.leftOut ? `Not kept: ${one.leftOut}.` : one.messages ? "It is in run.jsonl alone." : "Nothing was sent.";
    wire.append(make("p", { className: "quiet" }, why));
    return made;
  }
  const waiting = make("p", { role: "status" }, "Unpacking the transcript…");
  wire.append(waiting);
  transcriptOf(one.held).then((entries) => waiting.replaceWith(transcriptTable(entries, faults)),
    (error) => { waiting.textContent = `The transcript cannot be shown: ${error.message}.`; });
  return made;
}

const NEAR = 8;
async function documentExcerpt(where) {
  const cut = where.lastIndexOf(":"), path = where.slice(0, cut), line = Number(where.slice(cut + 1));
  const index = data.sources.findIndex(([name]) => name === path);
  if (index < 0 || !line) return make("p", { className: "quiet" }, "Its text is not in the run file.");
  const lines = JSON.parse(await chunk("sources"))[index].split("\n");
  const first = Math.max(1, line - NEAR), rows = [];
  for (let number = first; number <= Math.min(lines.length, line + NEAR); number++) {
    rows.push(make("tr", { className: number === line ? "fault" : "" }, make("th", { scope: "row" }, String(number)), make("td", {}, harmless(shorten(lines[number - 1].replace(/\r$/, ""), 400)))));
  }
  if (!rows.length || !lines[line - 1]) return make("p", { className: "quiet" }, data.sources[index][1] || "There is no such line.");
  return make("div", { className: "code", tabIndex: 0, role: "group", ariaLabel: `Excerpt of ${where}` }, make("table", { className: "lines" }, make("tbody", {}, ...rows)));
}
function clauseDetail(one) {
  const made = make("div", { className: "body" });
  made.append(make("p", { className: "marks" }, badge(statusWord(one.status), STATUS_TONE[one.status]), badge(one.level), badge(one.provenance), badge(one.kind), badge(`binds the ${one.binds}`)),
    make("p", { className: "says" }, ...spoken(one.says)));
  if (one.reason) made.append(make("p", { className: "reason" }, "Not enforced: ", ...spoken(one.reason)));
  const excerpt = make("section", {}, make("h3", {}, "In the document ", make("span", { className: "id quiet" }, one.where)));
  made.append(excerpt);
  documentExcerpt(one.where).then((found) => excerpt.append(found), (error) => excerpt.append(make("p", { className: "quiet" }, `It cannot be shown: ${error.message}.`)));
  const broke = cases.filter((each) => each.outcome === "failed" && each.findings.some((finding) => finding.clause === one.id));
  const about = cases.filter((each) => each.about.includes(one.index));
  const by = cases.filter((each) => each.exercised.includes(one.index) && (each.outcome === "passed" || each.outcome === "failed"));
  for (const found of [folded("Cases that saw it broken", broke, caseLink, true), folded("Cases about it", about, caseLink, about.length < 12), folded("Cases that exercised it", by, caseLink, false)]) if (found) made.append(found);
  if (!about.length && !by.length) made.append(make("p", { className: "quiet" }, "No case of this run speaks about it."));
  return made;
}

const dialog = document.getElementById("detail");
function showDetail(kind, name, body) {
  const close = make("button", { type: "button", className: "close" }, "Close");
  close.addEventListener("click", () => dialog.close());
  const heading = make("h2", { id: "detail-head", tabIndex: -1 }, make("span", { className: "kicker" }, kind), " ", make("span", { className: "id" }, name));
  dialog.replaceChildren(make("header", {}, heading, close), body);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  heading.focus();
}
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
