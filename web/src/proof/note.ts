/** Checkpoints as they are signed: C2SP `tlog-checkpoint` in a `signed-note`, with a verifier key
 *  `name+id+base64(1, key)`. */
import { fromBase64, type Hash, joined, sameBytes, sha256, toHex } from "./sha256";
import type { Tree } from "./tree";

export interface Checkpoint extends Tree {
  /** Which log: the name of the key that signs it. */
  origin: string;
}

/** Longest note that is read; what the server makes has 300. */
const NOTE_CHARACTERS_MAX = 64 * 1024;
/** The algorithm byte of Ed25519. */
const ED25519 = 1;

/** What a note says; `null` where it is none. Whether it was signed is another question. */
export function readCheckpoint(note: string): Checkpoint | null {
  if (note.length > NOTE_CHARACTERS_MAX) return null;
  const [origin, size, root] = note.replaceAll("\r\n", "\n").trimStart().split("\n");
  if (!origin || !size || !root || !/^(0|[1-9]\d{0,15})$/.test(size)) return null;
  const bytes = tryBase64(root);
  if (bytes?.length !== 32 || !Number.isSafeInteger(Number(size))) return null;
  return { origin, size: Number(size), root: bytes };
}

export type Signed = "signed" | "not-signed" | "unknown";

/** Whether the key signed the note; `unknown` where this browser cannot check Ed25519. */
export async function isSigned(note: string, verifier: string): Promise<Signed> {
  const text = note.replaceAll("\r\n", "\n").trimStart();
  const key = await readVerifier(verifier);
  const end = text.indexOf("\n\n");
  if (!key || end < 0) return "not-signed";
  const said = new TextEncoder().encode(text.slice(0, end + 1));
  if (readCheckpoint(text)?.origin !== key.name) return "not-signed";
  let open: Signed = "not-signed";
  for (const line of text.slice(end + 2).split("\n")) {
    const [, name, signed] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = signed ? tryBase64(signed) : null;
    if (name !== key.name || bytes?.length !== 68 || !sameBytes(bytes.slice(0, 4), key.id)) continue;
    const good = await verify(key.key, bytes.slice(4), said);
    if (good) return "signed";
    if (good === null) open = "unknown";
  }
  return open;
}

/** The name and Ed25519 key of a verifier whose id belongs to them. */
async function readVerifier(text: string): Promise<{ name: string; id: Hash; key: Hash } | null> {
  const [, name, id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  const bytes = key ? tryBase64(key) : null;
  if (!name || bytes?.length !== 33 || bytes[0] !== ED25519) return null;
  const hash = await sha256(new TextEncoder().encode(`${name}\n`), bytes);
  const own = hash.slice(0, 4);
  return toHex(own) === id ? { name, id: own, key: bytes.slice(1) } : null;
}

/** `null` where the browser does not know how. */
async function verify(key: Hash, signature: Hash, text: Hash): Promise<boolean | null> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return null;
  try {
    const held = await subtle.importKey("raw", joined([key]), "Ed25519", false, ["verify"]);
    return await subtle.verify("Ed25519", held, signature, text);
  } catch {
    return null;
  }
}

function tryBase64(text: string): Hash | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}
