// A table with choices, a search, an order, and pages of so many rows.
const PAGE = 200;
let tables = [];

function dataTable({ root, noun, prefix, rows, columns, choices, words: text, search }) {
  const state = { q: "", sort: "", page: 1 };
  const controls = new Map();
  const tools = make("div", { className: "tools", role: "search", ariaLabel: `Filter ${noun}` });
  for (const choice of choices) {
    const there = new Set(rows.map(choice.of)), values = [...there].filter((one) => one !== "");
    const select = make("select", { id: `${prefix}${choice.key}` }, make("option", { value: "" }, "any"), ...values.map((one) => make("option", { value: one }, choice.shown ? choice.shown(one) : one)));
    state[choice.key] = "";
    controls.set(choice.key, select);
    if (there.size < 2) select.disabled = true;
    tools.append(make("label", {}, choice.label, " ", select));
    select.addEventListener("change", () => change({ [choice.key]: select.value, page: 1 }));
  }
  const box = make("input", { type: "search", id: `${prefix}q`, placeholder: search, autocomplete: "off", spellcheck: false });
  tools.append(make("label", { className: "search" }, "Search ", box));
  const clear = make("button", { type: "button" }, "Clear");
  tools.append(clear);
  const status = make("p", { className: "status", role: "status" });
  const head = make("tr"), body = make("tbody");
  const table = make("table", { className: `list ${noun}` }, make("caption", { className: "sr" }, noun), make("thead", {}, head), body);
  const pager = make("nav", { className: "pager", ariaLabel: `Pages of ${noun}` });
  const buttons = columns.map((column) => {
    const cell = make("th", { scope: "col", className: column.className || "" });
    const button = make("button", { type: "button" }, column.head);
    button.addEventListener("click", () => change({ sort: state.sort === column.key ? `-${column.key}` : state.sort === `-${column.key}` ? "" : column.key, page: 1 }));
    cell.append(button);
    head.append(cell);
    return cell;
  });
  root.append(tools, status, make("div", { className: "scroll" }, table), pager);

  let timer = 0;
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => change({ q: box.value, page: 1 }), 120); });
  clear.addEventListener("click", () => { change({ ...blank(), page: 1 }); box.focus(); });
  const blank = () => Object.fromEntries([...choices.map((one) => [one.key, ""]), ["q", ""], ["sort", ""]]);
  const haystack = rows.map((row) => text(row).toLowerCase());

  function chosen() {
    const needles = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const found = rows.filter((row, index) => choices.every((one) => !state[one.key] || one.of(row) === state[one.key]) && needles.every((one) => haystack[index].includes(one)));
    const down = state.sort.startsWith("-"), column = columns.find((one) => one.key === state.sort.replace(/^-/, ""));
    if (column) {
      const by = column.by;
      found.sort((a, b) => { const x = by(a), y = by(b); return (x < y ? -1 : x > y ? 1 : a.index - b.index) * (down ? -1 : 1); });
    }
    return found;
  }
  function draw() {
    const found = chosen(), pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(Math.max(1, state.page), pages);
    const from = (state.page - 1) * PAGE, shown = found.slice(from, from + PAGE);
    body.replaceChildren(...shown.map((row) => make("tr", {}, ...columns.map((column) => column.cell(row, make("td", { className: column.className || "", "data-head": column.head }))))));
    const all = found.length === rows.length ? `${count(rows.length)} ${noun}` : `${count(found.length)} of ${count(rows.length)} ${noun}`;
    status.textContent = found.length > PAGE ? `${all}, ${count(from + 1)} to ${count(from + shown.length)} shown` : all;
    columns.forEach((column, index) => {
      const way = state.sort === column.key ? "ascending" : state.sort === `-${column.key}` ? "descending" : null;
      if (way) buttons[index].setAttribute("aria-sort", way); else buttons[index].removeAttribute("aria-sort");
    });
    clear.hidden = !Object.keys(blank()).some((key) => state[key]);
    pager.hidden = pages < 2;
    pager.replaceChildren(...(pages < 2 ? [] : turn(pages)));
  }
  function turn(pages) {
    const step = (label, page, off) => {
      const button = make("button", { type: "button", disabled: off }, label);
      button.addEventListener("click", () => { change({ page }); root.querySelector(".status").scrollIntoView({ block: "nearest" }); const again = [...pager.querySelectorAll("button")].find((one) => one.textContent === label && !one.disabled); (again || pager.querySelector("button:not(:disabled)")).focus(); });
      return button;
    };
    return [step("First", 1, state.page === 1), step("Previous", state.page - 1, state.page === 1),
      make("span", {}, `Page ${state.page} of ${pages}`), step("Next", state.page + 1, state.page === pages), step("Last", pages, state.page === pages)];
  }
  function show() {
    for (const [key, select] of controls) select.value = state[key];
    if (box.value !== state.q) box.value = state.q;
    draw();
  }
  function change(wanted) { Object.assign(state, wanted); show(); writeHash(); }
  const keys = [...Object.keys(blank()), "page"];
  const made = {
    root, rows,
    // What of the state is not as it was at first, as it stands in the address.
    told: () => keys.filter((key) => state[key] && !(key === "page" && state.page === 1)).map((key) => [prefix + key, String(state[key])]),
    // Takes the state from the address; false when nothing there is about this table.
    take(params) {
      const about = keys.filter((key) => params.has(prefix + key));
      if (!about.length) return false;
      Object.assign(state, blank(), { page: 1 });
      for (const key of about) {
        const value = params.get(prefix + key);
        if (key === "page") state.page = Math.trunc(Number(value)) || 1;
        else if (!controls.has(key) || [...controls.get(key).options].some((one) => one.value === value)) state[key] = value;
      }
      show();
      return true;
    },
    choose: (wanted) => change({ ...blank(), page: 1, ...wanted }),
  };
  show();
  tables.push(made);
  return made;
}
