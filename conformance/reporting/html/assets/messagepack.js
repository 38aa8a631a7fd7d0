// MessagePack, strictly: one value and nothing behind it; integers exact; maps in order, keys of any type and twice.
class Octets { constructor(bytes) { this.bytes = bytes; } }
class Extension { constructor(code, bytes) { this.code = code; this.bytes = bytes; } }
class Pairs { constructor(items) { this.items = items; } }
class Float { constructor(value, bits) { this.value = value; this.bits = bits; } }

const DEEPEST = 200;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const fail = (says, where = at) => { throw new Error(`offset ${where}: ${says}`); };
  function take(size) {
    if (size > bytes.length - at) fail(`the frame ends: ${size} bytes announced, ${bytes.length - at} left`);
    at += size;
    return at - size;
  }
  const u8 = () => view.getUint8(take(1)), u16 = () => view.getUint16(take(2)), u32 = () => view.getUint32(take(4));
  const sizes = [u8, u16, u32];
  const raw = (size) => { const from = take(size); return bytes.subarray(from, at); };
  function str(size) {
    const from = at, found = raw(size);
    try { return utf8.decode(found); } catch { return fail("a str holds invalid UTF-8", from); }
  }
  const list = (size, depth) => { const made = []; while (made.length < size) made.push(value(depth)); return made; };
  function map(size, depth) {
    const items = [];
    while (items.length < size) items.push([value(depth), value(depth)]);
    return new Pairs(items);
  }
  const ext = (size) => { const code = view.getInt8(take(1)); return new Extension(code, raw(size)); };
  function value(depth) {
    if (depth > DEEPEST) fail(`containers are nested more than ${DEEPEST} deep`);
    const first = u8();
    if (first < 0x80) return BigInt(first);
    if (first < 0x90) return map(first & 15, depth + 1);
    if (first < 0xa0) return list(first & 15, depth + 1);
    if (first < 0xc0) return str(first & 31);
    if (first >= 0xe0) return BigInt(first - 256);
    if (first >= 0xd4 && first <= 0xd8) return ext(1 << (first - 0xd4));
    switch (first) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return new Octets(raw(sizes[first - 0xc4]()));
      case 0xc7: case 0xc8: case 0xc9: return ext(sizes[first - 0xc7]());
      case 0xca: return new Float(view.getFloat32(take(4)), 32);
      case 0xcb: return new Float(view.getFloat64(take(8)), 64);
      case 0xcc: return BigInt(u8());
      case 0xcd: return BigInt(u16());
      case 0xce: return BigInt(u32());
      case 0xcf: return view.getBigUint64(take(8));
      case 0xd0: return BigInt(view.getInt8(take(1)));
      case 0xd1: return BigInt(view.getInt16(take(2)));
      case 0xd2: return BigInt(view.getInt32(take(4)));
      case 0xd3: return view.getBigInt64(take(8));
      case 0xd9: case 0xda: case 0xdb: return str(sizes[first - 0xd9]());
      case 0xdc: case 0xdd: return list(sizes[first - 0xdb](), depth + 1);
      case 0xde: case 0xdf: return map(sizes[first - 0xdd](), depth + 1);
      default: return fail(`byte 0x${first.toString(16)} is never used in MessagePack`, at - 1);
    }
  }
  if (!bytes.length) fail("the frame is empty");
  const made = value(0);
  if (at < bytes.length) fail(`${bytes.length - at} trailing bytes after the value`);
  return made;
}

const hexed = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");

function scalar(value, most) {
  if (typeof value === "string") {
    const text = JSON.stringify(value.slice(0, most));
    return value.length > most ? `${text}…(+${value.length - most})` : text;
  }
  if (value === null) return "nil";
  if (value instanceof Octets) return `bin(${value.bytes.length}) ${hexed(value.bytes.subarray(0, most / 2))}${value.bytes.length > most / 2 ? "…" : ""}`;
  if (value instanceof Extension) return `ext(${value.code}) ${hexed(value.bytes.subarray(0, most / 2))}`;
  if (value instanceof Float) return floated(value.value);
  return String(value);
}
// As Python has it: what is a float on the wire is seen to be one.
const floated = (value) => (Number.isInteger(value) && Math.abs(value) < 1e16 ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value).replace("Infinity", "inf").replace("NaN", "nan"));
const labelled = (key, most) => (typeof key === "string" && /^[A-Za-z_]\w*$/.test(key) ? key : scalar(key, most));

// A value in one line of about `room` characters.
function inline(value, room) {
  let left = room;
  function one(value, depth) {
    if (!(Array.isArray(value) || value instanceof Pairs)) {
      const text = scalar(value, Math.max(16, Math.min(48, left)));
      left -= text.length;
      return text;
    }
    const entries = Array.isArray(value) ? value : value.items, made = [];
    for (const entry of entries) {
      if (left <= 0 || depth > 8) { made.push("…"); break; }
      left -= 2;
      if (Array.isArray(value)) made.push(one(entry, depth + 1));
      else { const key = labelled(entry[0], 48); left -= key.length; made.push(`${key}: ${one(entry[1], depth + 1)}`); }
    }
    return Array.isArray(value) ? `[${made.join(", ")}]` : `{${made.join(", ")}}`;
  }
  return one(value, 0);
}

// A value in many lines, at most `most`.
function outline(value, most) {
  const lines = [];
  function add(value, indent, label) {
    if (lines.length >= most) return;
    const entries = Array.isArray(value) ? value.map((one, index) => [`[${index}] `, one])
      : value instanceof Pairs ? value.items.map(([key, one]) => [`${labelled(key, 200)}: `, one]) : null;
    if (entries === null) { lines.push(`${indent}${label}${scalar(value, 4000)}`); return; }
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    if (!entries.length) { lines.push(`${indent}${label}${open}${close}`); return; }
    lines.push(`${indent}${label}${open}`);
    for (const [name, one] of entries) add(one, `${indent}  `, name);
    lines.push(lines.length >= most ? "…" : `${indent}${close}`);
  }
  add(value, "", "");
  return lines.length > most ? [...lines.slice(0, most), "…"] : lines;
}
