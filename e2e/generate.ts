/** Makes the media that the journeys bring in, once a run: pictures, a film, a sound, a document, a text, a program. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { document, film, photo, program, sound, text } from "./media.ts";

export default function generate() {
  const folder = mkdtempSync(join(tmpdir(), "damask-media-"));
  process.env.DAMASK_E2E_MEDIA = folder;
  photo(join(folder, "voyage/harbour/morning.jpg"), {
    size: "1500x1000",
    colours: "#f2c48d-#3a6ea5",
    title: "Morning in the harbour",
    keywords: ["harbour", "boats"],
    creator: "Ada Lindqvist",
    captured: "2026:06:14 09:30:00",
  });
  photo(join(folder, "voyage/harbour/crane.jpg"), {
    size: "1000x1500",
    colours: "#d96b43-#2d2f45",
    title: "Crane",
    keywords: ["harbour", "steel"],
    creator: "Ada Lindqvist",
    captured: "2026:06:15 17:05:00",
  });
  photo(join(folder, "voyage/mountain/ridge.jpg"), {
    size: "3000x2000",
    colours: "#dfe9f5-#40617d",
    title: "The long ridge",
    keywords: ["mountain"],
    creator: "Noor Haddad",
    captured: "2026:07:02 11:00:00",
  });
  // The same picture, worked on: of other measures, with another title.
  photo(join(folder, "retouched/crane.jpg"), {
    size: "1200x1500",
    colours: "#2d5fb4-#f0d9a0",
    title: "Crane, retouched",
    keywords: ["harbour", "steel"],
    creator: "Ada Lindqvist",
    captured: "2026:06:15 17:05:00",
  });
  film(join(folder, "film.mp4"), "10:00:00:00");
  sound(join(folder, "bell.wav"));
  document(join(folder, "report.pdf"), ["The first page", "The second page", "The third page"]);
  text(join(folder, "notes.txt"), "Notes of a voyage along the coast.\n");
  program(join(folder, "tidewatch.bin"));
  return () => rmSync(folder, { recursive: true, force: true });
}
