/** One maker for each kind of file. Small enough to be made in seconds, real enough to be read by the server's readers. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const RUN_MS_MAX = 60_000;

function run(program: string, args: string[]) {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: RUN_MS_MAX });
}

function folderOf(path: string) {
  mkdirSync(dirname(path), { recursive: true });
}

export interface Photo {
  /** In pixels: `1500x1000`. */
  size: string;
  /** From the top to the bottom: `#ffffff-#000000`. */
  colours: string;
  title: string;
  keywords: string[];
  creator: string;
  /** As EXIF writes it. */
  captured: string;
}

export function photo(path: string, { size, colours, title, keywords, creator, captured }: Photo) {
  folderOf(path);
  run("convert", ["-size", size, `gradient:${colours}`, "-quality", "85", path]);
  run("exiftool", [
    "-q",
    "-overwrite_original",
    `-XMP-dc:Title=${title}`,
    ...keywords.map((keyword) => `-XMP-dc:Subject=${keyword}`),
    `-XMP-dc:Creator=${creator}`,
    `-EXIF:DateTimeOriginal=${captured}`,
    path,
  ]);
}

/** Four seconds at 25 frames a second, with a tone, beginning at a timecode. */
export function film(path: string, timecode: string) {
  folderOf(path);
  const sources = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=4", "-f", "lavfi", "-i", "sine=440:d=4"];
  const codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
  run("ffmpeg", ["-v", "error", "-y", ...sources, ...codecs, "-timecode", timecode, path]);
}

/** Three seconds of a bell that fades. */
export function sound(path: string) {
  folderOf(path);
  run("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "sine=660:d=3", "-af", "afade=t=out:d=3", path]);
}

export function text(path: string, content: string) {
  folderOf(path);
  writeFileSync(path, content);
}

/** A program under another name: what no library should take in unasked. */
export function program(path: string) {
  folderOf(path);
  copyFileSync("/bin/true", path);
}

/** A PDF with one line a page (ISO 32000-1, 7.5: header, objects, cross-reference table, trailer). */
export function document(path: string, lines: string[]) {
  folderOf(path);
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${lines.length} /Kids [${lines.map((_, page) => `${4 + 2 * page} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  lines.forEach((line, page) => {
    const content = `BT /F1 36 Tf 72 700 Td (${line}) Tj ET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + 2 * page} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  });
  let out = "%PDF-1.4\n";
  const places = objects.map((body, index) => {
    const at = out.length;
    out += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  writeFileSync(path, out, "latin1");
}
