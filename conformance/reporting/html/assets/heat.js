// The picture of all clauses: a service, its messages, a mark for each clause. One stop of the tabulator, arrows within.
function heatMap(root, tip) {
  if ("tooMany" in root.dataset) { root.append(drawn(tip, "family", grouped())); return; }
  const by = make("select", { id: "heat-by" }, make("option", { value: "group" }, "message"), make("option", { value: "family" }, "family of cases"));
  let map = drawn(tip, "group");
  by.addEventListener("change", () => { map.replaceWith(map = drawn(tip, by.value)); });
  root.append(make("p", { className: "tools" }, make("label", {}, "Rows by ", by)), map);
}
// Of very many clauses a mark stands for all of one message.
function grouped() {
  const found = new Map();
  for (const one of clauses) {
    const key = JSON.stringify([one.service, one.group]), own = found.get(key) || { service: one.service, group: one.group, all: [] };
    own.all.push(one);
    found.set(key, own);
  }
  return [...found.values()].map(({ service, group, all }) => {
    const enforced = all.filter((one) => one.status === "enforced").length, broken = all.filter((one) => one.status === "broken").length;
    return {
      id: `${service}, ${group}`, service, family: "messages and rules", status: broken ? "broken" : enforced ? "enforced" : "unenforced", reason: "",
      provenance: all.every((one) => one.provenance === "assumed") ? "assumed" : "published", says: `${count(all.length)} clauses: ${count(enforced)} enforced, ${count(broken)} broken, ${count(all.length - enforced - broken)} not enforced.`,
      href: `#c-service=${encodeURIComponent(service)}&c-q=${encodeURIComponent(group)}`,
    };
  });
}
function drawn(tip, key, marks = clauses) {
  const root = make("div");
  const groups = new Map();
  for (const one of marks) {
    const service = groups.get(one.service) || groups.set(one.service, new Map()).get(one.service);
    (service.get(one[key]) || service.set(one[key], []).get(one[key])).push(one);
  }
  const rows = [];
  for (const [service, found] of groups) {
    const box = make("div", { className: "service" }, make("h3", {}, service));
    const ordered = [...found].sort((a, b) => b[1].some((one) => one.status === "broken") - a[1].some((one) => one.status === "broken"));
    for (const [name, own] of ordered) {
      const cells = make("div", { className: "cells", role: "group", ariaLabel: `${service}, ${name}` });
      for (const one of own) {
        const cell = make("a", {
          className: `cell ${one.status}${one.provenance === "assumed" ? " assumed" : ""}`, href: one.href || `#clause=${encodeURIComponent(one.id)}`, tabIndex: -1,
          ariaLabel: `${one.id}: ${statusWord(one.status)}, ${one.provenance}`,
        });
        cell.clause = one;
        cells.append(cell);
      }
      rows.push(cells);
      const kept = own.filter((one) => one.status === "enforced").length, broken = own.filter((one) => one.status === "broken").length;
      const told = broken ? `${broken} broken` : `${kept} of ${own.length}`;
      box.append(make("div", { className: "row" }, make("span", { className: "id" }, name), make("span", { className: broken ? "n bad" : "n" }, told), cells));
    }
    root.append(box);
  }
  let stop = rows.length ? rows[0].firstElementChild : null;
  if (stop) stop.tabIndex = 0;

  function point(cell) {
    const one = cell.clause;
    tip.replaceChildren(make("b", { className: "id" }, one.id), make("span", {}, ...spoken(one.says)), make("span", { className: "quiet" }, ...spoken(`${statusWord(one.status)}, ${one.provenance}${one.reason ? `: ${one.reason}` : ""}`)));
    tip.hidden = false;
    const at = cell.getBoundingClientRect(), own = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - own.width - 8))}px`;
    tip.style.top = `${at.bottom + own.height + 12 > innerHeight ? at.top - own.height - 8 : at.bottom + 8}px`;
  }
  const unpoint = () => { tip.hidden = true; };
  root.addEventListener("mouseover", (event) => { if (event.target.clause) point(event.target); else unpoint(); });
  root.addEventListener("mouseleave", unpoint);
  root.addEventListener("focusout", unpoint);
  // What has the focus may have been scrolled to because of it: it keeps its words.
  addEventListener("scroll", () => { if (root.contains(document.activeElement) && document.activeElement.clause) point(document.activeElement); else unpoint(); }, { passive: true });
  root.addEventListener("focusin", (event) => {
    if (!event.target.clause) return;
    stop.tabIndex = -1; stop = event.target; stop.tabIndex = 0;
    point(stop);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { unpoint(); return; }
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
  return root;
}
