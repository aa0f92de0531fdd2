/** A small server that speaks the API with made-up assets, to look at the page without Damask.
 *  `node dev/mock.mjs PICTURES_DIR [PORT] [ASSETS]`; the directory holds .jpg files. Not part of the build. */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const [directory, port = "8400", many = "5000"] = process.argv.slice(2);
if (!directory) throw new Error("node dev/mock.mjs PICTURES_DIR [PORT] [ASSETS]");
const FILM = process.env.MOCK_FILM;
const SOUND = process.env.MOCK_SOUND;

/** Width and height out of a JPEG's frame header. */
function jpegSize(data) {
  for (let at = 2; at < data.length; ) {
    const marker = data[at + 1];
    if (marker >= 0xc0 && marker <= 0xc2)
      return { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) };
    at += 2 + data.readUInt16BE(at + 2);
  }
  return { width: 3, height: 2 };
}
const pictures = readdirSync(directory)
  .filter((name) => name.endsWith(".jpg") && !/screen|strip/.test(name))
  .map((name) => {
    const data = readFileSync(join(directory, name));
    return { name: name.replace(".jpg", ""), data, ...jpegSize(data) };
  });
const stripFile = readdirSync(directory).find((name) => name.includes("strip"));
const strip = stripFile ? readFileSync(join(directory, stripFile)) : null;

let seed = 7;
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const CAMERAS = ["NIKON Z 9", "Canon EOS R5", "iPhone 15 Pro", "ILCE-7RM5", "X-T5"];
const KEYWORDS = [
  "cycling",
  "running",
  "climbing",
  "open water",
  "host cities",
  "lake",
  "bridge",
  "harbour",
  "night",
  "portrait",
];
const CREATORS = ["Ines Aldana", "Tomas Reiter", "Mara Lind", "Staff"];
const COLOURS = [
  "black",
  "white",
  "grey",
  "red",
  "orange",
  "yellow",
  "green",
  "teal",
  "blue",
  "purple",
  "pink",
  "brown",
];
const STATES = ["new", "selected", "in review", "published", "archived"];
const DAY = 86_400_000;
let seq = 1000;

function make(index, extra = {}) {
  const picture = pictures[index % pictures.length];
  const roll = random();
  const kind =
    roll < 0.8 ? "image" : roll < 0.9 ? "video" : roll < 0.94 ? "audio" : roll < 0.98 ? "document" : "other";
  const captured = new Date(Date.UTC(2026, 10, 22) - index * (DAY / 14) - random() * 1000).toISOString();
  const suffix = { image: "jpg", video: "mov", audio: "wav", document: "pdf", other: "bin" }[kind];
  return {
    id: randomUUID(),
    kind,
    state: pick(STATES),
    version: randomUUID(),
    name: `LS26_${picture.name}_${String(index).padStart(4, "0")}.${suffix}`,
    media_type: {
      image: "image/jpeg",
      video: "video/quicktime",
      audio: "audio/wav",
      document: "application/pdf",
      other: "application/octet-stream",
    }[kind],
    bytes: Math.floor(800_000 + random() * 9_000_000),
    width: kind === "image" || kind === "video" ? picture.width * 8 : null,
    height: kind === "image" || kind === "video" ? picture.height * 8 : null,
    duration_us: kind === "video" || kind === "audio" ? Math.floor(random() * 90e6) + 5e6 : null,
    page_count: kind === "document" ? 1 + Math.floor(random() * 12) : null,
    placeholder: null,
    colour: pick(["#2d4fa3", "#c6352b", "#2f7a4c"]),
    captured: kind === "image" || kind === "video" ? captured : null,
    added: captured,
    title: index % 3 === 0 ? "An hour before the start, the lake is still" : null,
    previewed: kind !== "audio" && kind !== "other",
    failed: index % 41 === 17,
    trashed: null,
    checked_out_by: index % 29 === 5 ? "0198c0de-0000-7000-8000-000000000001" : null,
    picture,
    keywords: [pick(KEYWORDS), pick(KEYWORDS)],
    camera: pick(CAMERAS),
    creator: pick(CREATORS),
    tint: pick(COLOURS),
    edited: {},
    etag: `"${index}-0"`,
    ...extra,
  };
}
const assets = Array.from({ length: Number(many) }, (_, index) => make(index));

const valuesOf = (asset, field) =>
  ({
    type: [asset.kind],
    state: [asset.state],
    camera: [asset.camera],
    creator: [asset.creator],
    keywords: asset.keywords,
    colour: [asset.tint],
    captured: [asset.captured?.slice(0, 7)],
  })[field]?.filter(Boolean) ?? null;

class BadQuery extends Error {
  constructor(message, start, end, expected) {
    super(message);
    Object.assign(this, { at: { start, end }, expected });
  }
}
/** Enough of the language to try the page: words, -word, field:a,b and captured ranges. */
function parse(q) {
  const tests = [];
  for (const match of q.matchAll(/(-?)(?:([a-z_]+):)?("[^"]*"|[^\s]+)/g)) {
    const [, minus, field, body] = match;
    const values = body.match(/"[^"]*"|[^,]+/g).map((value) => value.replaceAll('"', "").toLowerCase());
    if (field && !valuesOf(assets[0] ?? make(0), field))
      throw new BadQuery(`There is no field “${field}”.`, match.index, match.index + field.length, [
        "a field",
        "a word",
      ]);
    const hit = (asset) => {
      if (field === "captured") {
        return values.some((value) => {
          const [from, to] = value.includes("..") ? value.split("..") : [value, value];
          const at = asset.captured;
          return (
            at !== null && at.slice(0, from.length || 1) >= from && (!to || at.slice(0, to.length) <= to)
          );
        });
      }
      if (field) return valuesOf(asset, field).some((held) => values.includes(held.toLowerCase()));
      return values.some((value) =>
        [asset.name, asset.title ?? "", ...asset.keywords].join(" ").toLowerCase().includes(value),
      );
    };
    tests.push(minus ? (asset) => !hit(asset) : hit);
  }
  return (asset) => tests.every((test) => test(asset));
}
const summary = ({ picture, keywords, camera, creator, tint, edited, etag, ...rest }) => rest;

function facet(found, name) {
  const counts = new Map();
  for (const asset of found)
    for (const value of valuesOf(asset, name) ?? []) counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
  const shown = name === "captured" ? all : all.slice(0, 8);
  return { values: shown, more: all.length - shown.length };
}

function list(params) {
  const began = process.hrtime.bigint();
  const found = assets.filter(parse(params.get("q") ?? ""));
  const sort = params.get("sort") ?? "-added";
  const key = sort.replace("-", "");
  found.sort((a, b) => ((a[key] ?? "") < (b[key] ?? "") ? -1 : 1) * (sort.startsWith("-") ? -1 : 1));
  const limit = Number(params.get("limit") ?? 100);
  const after = params.get("after");
  const start = after ? found.findIndex((asset) => asset.id === after) + 1 : 0;
  const items = found.slice(start, start + limit);
  const facets = Object.fromEntries(
    (params.get("facets") ?? "")
      .split(",")
      .filter(Boolean)
      .map((name) => [name, facet(found, name)]),
  );
  const next = start + limit < found.length ? (items.at(-1)?.id ?? null) : null;
  return {
    items: items.map(summary),
    total: found.length,
    took_us: Number((process.hrtime.bigint() - began) / 1000n),
    next,
    facets,
    seq,
  };
}

const origin = (kind, tag) => ({ kind, ...(tag ? { tag } : {}) });
function field(name, label, type, values, kind, { many = false, editable = true } = {}) {
  return {
    name,
    label,
    type,
    many,
    editable,
    values: values.map((value) => ({
      value,
      display: String(value),
      origin: origin(kind),
      at: "2026-11-14T09:00:00Z",
    })),
  };
}
function view(asset) {
  const fields = [
    field("title", "Title", "text", asset.title ? [asset.title] : [], "person"),
    field("headline", "Headline", "text", ["An hour before the start, the lake is still"], "file"),
    field(
      "caption",
      "Caption",
      "text",
      [
        "The boathouse on the east shore on Saturday morning. By eight, 640 open-water swimmers had left from its steps.",
      ],
      "person",
    ),
    field("alt_text", "Alt text", "text", [], "file"),
    field("keywords", "Keywords", "keyword", asset.keywords, "file", { many: true }),
    field("persons", "Persons shown", "keyword", [], "file", { many: true }),
    field("creator", "Creator", "keyword", [asset.creator], "file", { many: true }),
    field("credit", "Credit", "text", ["Damask Picture Desk"], "person"),
    field("copyright", "Copyright", "text", ["© 2026 Damask Picture Desk"], "file"),
    field("captured", "Captured", "moment", asset.captured ? [asset.captured] : [], "file"),
    {
      ...field("position", "Position", "position", [], "file"),
      values: [
        {
          value: { latitude: 47.6, longitude: 9.2, altitude_m: 396 },
          display: "47.6000° N, 9.2000° E",
          origin: origin("file"),
          at: "2026-11-14T09:00:00Z",
        },
      ],
    },
    field("city", "City", "keyword", ["Konstanz"], "file"),
    field("rating", "Rating", "integer", [4], "sidecar"),
    field("camera", "Camera", "keyword", [asset.camera], "file", { editable: false }),
    field("lens", "Lens", "keyword", ["85 mm ƒ/1.8"], "file", { editable: false }),
    field("aperture", "Aperture", "number", ["ƒ/5.6"], "file", { editable: false }),
    field("width", "Width", "integer", asset.width ? [asset.width] : [], "measured", { editable: false }),
  ];
  for (const [name, values] of Object.entries(asset.edited)) {
    const target = fields.find((each) => each.name === name);
    if (target)
      target.values = (values ?? []).map((value) => ({
        value,
        display: String(value),
        origin: { kind: "person" },
        at: new Date().toISOString(),
        by: "Petra Rahn",
      }));
  }
  const video = asset.kind === "video";
  return {
    ...summary(asset),
    folder: { id: randomUUID(), path: "Summer of Sport/Lake start" },
    fields,
    probe: {
      width_px: asset.width,
      height_px: asset.height,
      colour_profile: "Display P3",
      colours: ["#7d5535", "#e27a2b", "#171717"],
      ...(asset.duration_us ? { duration_us: asset.duration_us } : {}),
      ...(video
        ? {
            container: "mov,mp4",
            start_timecode: "10:00:00;00",
            video: { codec: "h264", rate: [30000, 1001], width_px: asset.width, height_px: asset.height },
          }
        : {}),
      ...(video || asset.kind === "audio"
        ? { audio: [{ codec: "aac", channels: 2, layout: "stereo", sample_rate_hz: 48000 }] }
        : {}),
    },
    checkout: asset.checked_out_by
      ? { by: asset.checked_out_by, name: "Noor Haddad", at: asset.added, note: "retouching the sky" }
      : null,
    purge_at: null,
    findings: asset.failed
      ? [{ code: "truncated", detail: "The last 4,096 bytes of the scan are missing." }]
      : [],
    versions: [
      {
        id: asset.version,
        number: 1,
        bytes: asset.bytes,
        media_type: asset.media_type,
        created: asset.added,
        hash: "b3",
        name: asset.name,
      },
    ],
    locations: [
      { place: "store", path: `b3/${createHash("sha256").update(asset.id).digest("hex").slice(0, 24)}` },
      { place: "import", path: `/media/cards/A012/${asset.name}` },
    ],
    hash: createHash("sha256").update(asset.id).digest("hex"),
    essence_hash: null,
    renditions: video
      ? ["proxy-540.mp4", "filmstrip.jpg", "peaks.json"]
      : asset.kind === "audio"
        ? ["peaks.json"]
        : [],
    text: asset.kind === "document",
  };
}

let signedIn = process.env.MOCK_SIGNED_OUT !== "1";
let keys = [
  {
    id: randomUUID(),
    name: "Ingest robot",
    scopes: ["read", "write"],
    created: "2026-11-01T10:00:00Z",
    expires: "2027-11-01T10:00:00Z",
    last_used: null,
  },
];
const me = {
  user: { id: "1", name: "Petra Rahn", email: "petra@example.org" },
  library: "Summer of Sport",
  can: { edit: true, upload: true, download: true, administer: true },
};
let jobs = [
  {
    id: "j1",
    kind: "proxy",
    lane: "fresh",
    resource: "cpu",
    state: "running",
    subject: null,
    progress: { done: 7, of: 38 },
    attempts: 1,
    error: null,
    created: "2026-11-22T10:00:00Z",
    started: "2026-11-22T10:00:10Z",
  },
  {
    id: "j2",
    kind: "preview",
    lane: "bulk",
    resource: "cpu",
    state: "dead",
    subject: assets[17]?.id ?? null,
    progress: null,
    attempts: 5,
    error: "The decoder died with signal 11 on page 3.",
    created: "2026-11-22T09:00:00Z",
    started: null,
  },
];
const streams = new Set();
const emit = (event, data) => {
  for (const stream of streams)
    stream.write(`event: ${event}\nid: ${data.seq ?? seq}\ndata: ${JSON.stringify(data)}\n\n`);
};
const uploads = new Map();

const json = (response, status, body, headers = {}) => {
  response.writeHead(status, {
    "Content-Type": status >= 400 ? "application/problem+json" : "application/json",
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};
const problem = (response, status, code, detail, more = {}) =>
  json(response, status, { type: "about:blank", title: code, status, detail, code, ...more });
const bodyOf = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

function bytes(request, response, data, type) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]), data.length - 1) : data.length - 1;
  response.writeHead(range ? 206 : 200, {
    "Content-Type": type,
    "Content-Length": end - start + 1,
    "Accept-Ranges": "bytes",
    ...(range
      ? { "Content-Range": `bytes ${start}-${end}/${data.length}` }
      : { "Cache-Control": "immutable, max-age=31536000" }),
  });
  response.end(data.subarray(start, end + 1));
}

function rendition(request, response, version, recipe) {
  const asset = assets.find((each) => each.version === version);
  if (!asset) return problem(response, 404, "not-found", "No such version.");
  if (recipe === "proxy-540.mp4")
    return FILM
      ? bytes(request, response, readFileSync(FILM), "video/mp4")
      : problem(response, 409, "not-yet", "Being made.");
  if (recipe === "filmstrip.jpg" && strip) return bytes(request, response, strip, "image/jpeg");
  if (recipe === "peaks.json") {
    const peaks = Array.from({ length: 2400 }, (_, i) =>
      Math.round((i % 2 ? 1 : -1) * 110 * Math.abs(Math.sin(i / 90) * Math.sin(i / 7.3))),
    );
    return json(response, 200, { samples_per_peak: 480, rate_hz: 48000, channels: 1, peaks });
  }
  bytes(request, response, asset.picture.data, "image/jpeg");
}

function finish(upload) {
  const name = Buffer.from(upload.meta.filename ?? "", "base64").toString();
  const twin = assets.find((asset) => asset.name === name);
  const outcome = /\.exe$/.test(name) ? "quarantined" : twin ? "already-here" : "imported";
  if (outcome !== "imported")
    return {
      "Damask-Outcome": outcome,
      ...(twin ? { "Damask-Asset": twin.id } : { "Damask-Reason": "Programs are not taken in." }),
    };
  const fresh = make(assets.length, {
    name,
    kind: "image",
    previewed: false,
    added: new Date().toISOString(),
    bytes: upload.size,
  });
  fresh.width ??= fresh.picture.width * 8;
  fresh.height ??= fresh.picture.height * 8;
  assets.unshift(fresh);
  emit("fact", { seq: ++seq, at: new Date().toISOString(), verb: "asset.ingested", subjects: [fresh.id] });
  setTimeout(() => {
    fresh.previewed = true;
    emit("fact", {
      seq: ++seq,
      at: new Date().toISOString(),
      verb: "version.previewed",
      subjects: [fresh.id],
    });
  }, 1500);
  return { "Damask-Outcome": "imported", "Damask-Asset": fresh.id };
}

async function tus(request, response, path) {
  const common = { "Tus-Resumable": "1.0.0" };
  const id = path.split("/")[4];
  const append = async (upload) => {
    upload.offset += (await bodyOf(request)).length;
    return upload.offset >= upload.size ? finish(upload) : {};
  };
  if (request.method === "POST") {
    const meta = Object.fromEntries(
      (request.headers["upload-metadata"] ?? "").split(",").map((pair) => pair.trim().split(" ")),
    );
    const upload = { id: randomUUID(), size: Number(request.headers["upload-length"]), offset: 0, meta };
    uploads.set(upload.id, upload);
    const ended = await append(upload);
    response.writeHead(201, {
      ...common,
      ...ended,
      Location: `/api/v1/uploads/${upload.id}`,
      "Upload-Offset": upload.offset,
    });
  } else if (!uploads.has(id)) response.writeHead(404, common);
  else if (request.method === "PATCH") {
    const ended = await append(uploads.get(id));
    response.writeHead(204, { ...common, ...ended, "Upload-Offset": uploads.get(id).offset });
  } else
    response.writeHead(request.method === "HEAD" ? 200 : 204, {
      ...common,
      "Upload-Offset": uploads.get(id).offset,
      "Upload-Length": uploads.get(id).size,
    });
  response.end();
}

async function oneAsset(request, response, asset, part) {
  if (!asset) return problem(response, 404, "not-found", "There is no such asset.");
  if (part === "tags")
    return json(response, 200, {
      items: Array.from({ length: 120 }, (_, i) => ({
        group: ["IFD0", "ExifIFD", "XMP-dc", "IPTC", "MakerNotes"][i % 5],
        name: `Tag${i}`,
        value: `value ${i}`,
      })),
    });
  if (part === "text")
    return json(response, 200, {
      pages: Array.from({ length: asset.page_count ?? 1 }, (_, i) => ({
        page: i + 1,
        text: `Text of page ${i + 1}.\nThe quick brown fox.`,
      })),
    });
  if (part === "history")
    return json(response, 200, {
      items: [
        {
          seq: 3,
          at: asset.added,
          verb: "asset.edited",
          actor: { id: "1", name: "Petra Rahn" },
          before: { caption: null },
          after: { caption: "The boathouse" },
        },
        {
          seq: 1,
          at: asset.added,
          verb: "asset.ingested",
          actor: { id: "0", name: null },
          before: null,
          after: { name: asset.name },
        },
      ],
      next: null,
    });
  if (part === "original") {
    const data = asset.kind === "audio" && SOUND ? readFileSync(SOUND) : asset.picture.data;
    return bytes(request, response, data, asset.media_type);
  }
  if (request.method === "PATCH") {
    if (request.headers["if-match"] && request.headers["if-match"] !== asset.etag)
      return problem(response, 412, "changed-meanwhile", "The asset was changed meanwhile.");
    const { fields } = JSON.parse(String(await bodyOf(request)));
    if (fields.rating?.[0] > 5) return problem(response, 422, "bad-value", "A rating is −1 to 5.");
    Object.assign(asset.edited, fields);
    asset.etag = `"${asset.id}-${++seq}"`;
    emit("fact", { seq, at: new Date().toISOString(), verb: "asset.edited", subjects: [asset.id] });
  }
  json(response, 200, view(asset), { ETag: asset.etag });
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  const path = url.pathname;
  const parts = path.split("/").filter(Boolean);
  try {
    if (parts[0] === "i") return rendition(request, response, parts[1], parts[2]);
    const [noun, id, part] = parts.slice(2);
    if (noun === "uploads") return await tus(request, response, path);
    if (noun === "assets")
      return id
        ? await oneAsset(
            request,
            response,
            assets.find((asset) => asset.id === id),
            part,
          )
        : json(response, 200, list(url.searchParams));
    if (noun === "session") {
      if (request.method === "DELETE") signedIn = false;
      if (request.method === "POST") signedIn = JSON.parse(String(await bodyOf(request))).password.length > 3;
      if (request.method === "DELETE") return json(response, 204);
      return signedIn ? json(response, 200, me) : problem(response, 401, "not-signed-in", "Sign in first.");
    }
    if (noun === "setup") {
      if (request.method !== "POST")
        return json(response, 200, { needed: process.env.MOCK_SETUP === "1" && !signedIn });
      signedIn = true;
      return json(response, 201, me);
    }
    if (noun === "fields") {
      const items = view(assets[0] ?? make(0)).fields.map(({ values, ...field }) => ({
        ...field,
        searchable: true,
        sortable: false,
        facet: false,
      }));
      return json(response, 200, { items });
    }
    if (noun === "suggest") {
      const word = /[^\s]*$/.exec(
        (url.searchParams.get("q") ?? "").slice(0, Number(url.searchParams.get("at"))),
      )[0];
      const [field, value] = word.includes(":") ? word.split(":") : [null, word];
      const items = field
        ? facet(assets, field)
            .values.filter((each) => each.value.startsWith(value))
            .map((each) => ({ text: each.value, kind: "value", count: each.count }))
        : ["type", "captured", "camera", "creator", "keywords", "state", "colour"]
            .filter((name) => word && name.startsWith(word))
            .map((text) => ({ text, kind: "field", count: null }));
      return json(response, 200, { items });
    }
    if (noun === "keys") {
      if (request.method === "DELETE") keys = keys.filter((key) => key.id !== id);
      if (request.method !== "POST")
        return json(
          response,
          request.method === "DELETE" ? 204 : 200,
          request.method === "DELETE" ? undefined : { items: keys },
        );
      const wanted = JSON.parse(String(await bodyOf(request)));
      const key = {
        id: randomUUID(),
        name: wanted.name,
        scopes: wanted.scopes,
        created: new Date().toISOString(),
        expires: null,
        last_used: null,
      };
      keys.push(key);
      return json(response, 201, { key, secret: `dmk_${randomUUID().replaceAll("-", "")}` });
    }
    if (noun === "jobs") {
      if (part === "retry")
        jobs = jobs.map((job) => (job.id === id ? { ...job, state: "running", error: null } : job));
      if (part === "cancel") jobs = jobs.filter((job) => job.id !== id);
      if (part) return json(response, 200, {});
      const number = (state) => jobs.filter((job) => job.state === state).length;
      return json(response, 200, {
        items: jobs.filter(
          (job) => !url.searchParams.get("state") || job.state === url.searchParams.get("state"),
        ),
        counts: { waiting: 3, running: number("running"), dead: number("dead") },
      });
    }
    if (noun === "quarantine")
      return json(response, 200, {
        items: [
          {
            id: "q1",
            name: "installer.exe",
            bytes: 812_000,
            reason: "Programs are not taken in.",
            at: "2026-11-22T08:12:00Z",
          },
        ],
      });
    if (noun === "status")
      return json(response, 200, {
        assets: assets.length,
        bytes: 1e10,
        seq,
        index_seq: seq,
        jobs: { waiting: 3, running: 1, dead: jobs.filter((job) => job.state === "dead").length },
        engines: [
          { name: "records (SQLite)", ok: true, detail: "WAL" },
          { name: "ffmpeg", ok: true, detail: "5.1.9" },
        ],
        version: "0.1.0",
      });
    if (noun === "events") {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      response.write("event: ready\ndata: {}\n\n");
      streams.add(response);
      return request.on("close", () => streams.delete(response));
    }
    problem(response, 404, "not-found", path);
  } catch (error) {
    if (error instanceof BadQuery)
      return problem(response, 422, "bad-query", error.message, { at: error.at, expected: error.expected });
    problem(response, 500, "fault", String(error));
  }
}).listen(Number(port), "127.0.0.1", () => console.log(`mock on http://127.0.0.1:${port}`));
