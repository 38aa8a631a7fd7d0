// Transcripts: taken apart when somebody asks, shown as text and nothing else.
const STRANGE = /(?! )[\p{C}\p{Z}]/gu;
function harmless(text) {
  return text.replace(STRANGE, (one) => {
    const code = one.codePointAt(0), digits = code.toString(16);
    return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
  });
}
const shorten = (text, most) => (text.length > most ? `${text.slice(0, most)}… (+${text.length - most} characters)` : text);

function octets(base64) {
  const text = atob(base64), made = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) made[at] = text.charCodeAt(at);
  return made;
}

const opened = new Map();
async function parsed(name) {
  if (!document.getElementById(name) && document.readyState === "loading") {
    await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
  }
  const found = document.getElementById(name);
  if (!found) throw new Error("it is not in this page");
  if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot decompress it; it is in run.jsonl");
  const stream = new Blob([octets(found.textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
// The text of a chunk; the last few are kept.
function chunk(name) {
  if (!opened.has(name)) {
    if (opened.size > 8) opened.delete(opened.keys().next().value);
    opened.set(name, parsed(name));
  }
  return opened.get(name);
}
const transcriptOf = async ([number, place]) => JSON.parse((await chunk(`chunk-${number}`)).split("\n")[place]).entries;

const TOLD = new Set(["carried", "connected", "refused", "failed", "closed", "violation", "oversize", "flooded", "unsent", "expired", "skipped", "cancelled"]);
const words = (bytes) => new TextDecoder().decode(bytes);
const spaced = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join(" ");

// What stands in marks: {"$bytes": …} and its like, written by the recorder.
function told(value) {
  if (Array.isArray(value)) return value.map(told).join(", ");
  if (value === null || typeof value !== "object") return String(value);
  if ("$bytes" in value) return spaced(octets(value.$bytes).subarray(0, 64));
  if ("$float" in value) return value.$float;
  const items = "$map" in value ? value.$map.map(([key, one]) => [told(key), one]) : Object.entries(value);
  return items.map(([key, one]) => `${key} ${told(one)}`).join(", ");
}

// One entry of a transcript as the lines that it makes: when, which way, in one line, and its bytes.
function happenings(entry) {
  if (entry.type === "mark") return [{ at: entry.at, way: "", what: marked(entry), bytes: null }];
  if (entry.type === "frame") {
    const bytes = octets(entry.data), way = entry.direction;
    if (entry.opcode === "close") return [{ at: entry.at, way, what: `close ${entry.code === undefined ? "without a code" : entry.code}${entry.reason ? ` "${entry.reason}"` : ""}`, bytes }];
    const front = entry.fragments ? `(${entry.fragments} fragments) ` : "";
    if (entry.opcode === "text") return [{ at: entry.at, way, what: `${front}text ${words(bytes.subarray(0, 1000))}`, bytes }];
    if (entry.opcode === "binary") return [{ at: entry.at, way, what: front + packedText(bytes), bytes }];
    return [{ at: entry.at, way, what: `${front}${entry.opcode} ${spaced(bytes.subarray(0, 48))}`, bytes }];
  }
  const asked = octets(entry.request_body), body = octets(entry.body);
  const answer = entry.status ? `${entry.status}${entry.failure ? ` (${entry.failure})` : ""} ${words(body.subarray(0, 400))}` : `no answer: ${entry.failure}`;
  const headers = (pairs) => pairs.map(([name, value]) => `${name}: ${value}`);
  return [
    { at: entry.sent_at, way: "sent", what: `${entry.method} ${entry.url}`, bytes: asked, headers: headers(entry.request_headers) },
    { at: entry.received_at, way: "received", what: answer, bytes: body, headers: headers(entry.headers), answer: true },
  ];
}
function packedText(bytes) {
  try { return inline(unpack(bytes), 160); } catch (error) { return `${bytes.length} bytes (${error.message}) ${spaced(bytes.subarray(0, 24))}`; }
}
function marked({ kind, data = {}, step }) {
  if (kind === "closed") return `closed ${told(data.code)} by ${told(data.by)}${data.reason ? `: ${told(data.reason)}` : ""}`;
  if (kind === "failed") return `failed at ${told(data.stage)}: ${told(data.reason || "")}`;
  if (kind === "connected" || kind === "refused") return `${kind} (${told(data.status)})`;
  const more = told(data);
  return `${kind}${step === undefined ? "" : ` (step ${step})`}${more && more !== "" ? `: ${more}` : ""}`;
}

const SHOWN_BYTES = 4096;
function hexRows(bytes) {
  const rows = [];
  for (let at = 0; at < Math.min(bytes.length, SHOWN_BYTES); at += 16) {
    const row = bytes.subarray(at, at + 16);
    const ascii = Array.from(row, (one) => (one >= 0x20 && one < 0x7f ? String.fromCharCode(one) : "·")).join("");
    rows.push(make("tr", {}, make("th", { scope: "row" }, at.toString(16).padStart(4, "0")), make("td", {}, spaced(row)), make("td", { className: "ascii" }, ascii)));
  }
  return rows;
}
// The whole of a payload: as a value, and as octets.
function unfolded({ bytes, headers }, opcode) {
  const made = make("div", { className: "unfolded" });
  if (headers && headers.length) made.append(make("pre", {}, headers.map((one) => harmless(shorten(one, 400))).join("\n")));
  if (!bytes || !bytes.length) return made;
  if (opcode === "binary") {
    try { made.append(make("pre", {}, outline(unpack(bytes), 1000).map(harmless).join("\n"))); } catch { /* its octets say it */ }
  } else if (opcode !== "close") {
    made.append(make("pre", {}, shorten(words(bytes), 20000).split("\n").map(harmless).join("\n")));
  }
  made.append(make("table", { className: "lines hex" }, make("tbody", {}, ...hexRows(bytes))));
  if (bytes.length > SHOWN_BYTES) made.append(make("p", { className: "quiet" }, `${count(bytes.length - SHOWN_BYTES)} bytes more, in run.jsonl`));
  return made;
}

const WIRE_STEP = 200;
function transcriptTable(entries, faults) {
  const zero = entries.reduce((least, one) => Math.min(least, one.type === "exchange" ? one.sent_at : one.at), Infinity);
  const sessions = new Set(entries.map((one) => one.session).filter(Boolean)).size > 1;
  const body = make("tbody"), root = make("div", { className: "transcript" });
  const all = make("input", { type: "checkbox", id: "all-marks" });
  const head = make("tr", {}, make("th", { scope: "col" }, "ms"), ...(sessions ? [make("th", { scope: "col" }, "session")] : []), make("th", { scope: "col" }, "way"), make("th", { scope: "col" }, "what"));
  const more = make("button", { type: "button" });
  let shown = 0, at = 0;
  const fits = (entry, index) => all.checked || entry.type !== "mark" || TOLD.has(entry.kind) || faults.has(index);
  function row(entry, index, one) {
    const guilty = faults.has(index) && (entry.type !== "exchange" || one.answer);
    const what = harmless(shorten(one.what, 400));
    let cell = make("td", {}, what);
    if (one.bytes && (one.bytes.length || one.headers)) {
      const fold = make("details", {}, make("summary", {}, what));
      fold.addEventListener("toggle", () => { if (fold.open && fold.children.length === 1) fold.append(unfolded(one, entry.type === "frame" ? entry.opcode : "http")); });
      cell = make("td", {}, fold);
    }
    if (guilty) cell.prepend(make("span", { className: "guilty" }, "what the finding is about"));
    return make("tr", { className: `${one.way === "sent" ? "out" : one.way ? "in" : "mark"}${guilty ? " fault" : ""}` },
      make("td", { className: "ms" }, ((one.at - zero) / 1e6).toFixed(1)), ...(sessions ? [make("td", {}, harmless(entry.session || ""))] : []),
      make("td", { className: "way" }, one.way), cell);
  }
  function add(most) {
    const rows = [];
    for (; at < entries.length && rows.length < most; at++) {
      if (fits(entries[at], at)) for (const one of happenings(entries[at])) rows.push(row(entries[at], at, one));
    }
    body.append(...rows);
    shown += rows.length;
    let left = 0;
    for (let next = at; next < entries.length; next++) if (fits(entries[next], next)) left++;
    more.hidden = !left;
    more.textContent = `Show ${count(Math.min(left, WIRE_STEP))} more of ${count(left)}`;
  }
  const far = Math.max(-1, ...faults);
  const fresh = () => { body.replaceChildren(); at = shown = 0; add(Math.max(WIRE_STEP, Math.min(far + 20, 2000))); };
  more.addEventListener("click", () => add(WIRE_STEP));
  all.addEventListener("change", fresh);
  fresh();
  root.append(make("label", { className: "check" }, all, " Show every mark of the conversation"),
    make("div", { className: "code", tabIndex: 0, role: "group", ariaLabel: "Transcript" }, make("table", { className: "lines wire" }, make("thead", {}, head), body)), more);
  return root;
}
