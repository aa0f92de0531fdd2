/** What can be found wrong with a file, in English: in few words for lists and as a sentence. A code of the server's without its
 *  words does not compile. */
import type { FindingCode } from "../api/types";

interface Said {
  short: string;
  long: string;
}

export const findings: Record<FindingCode, Said> = {
  empty: { short: "No bytes", long: "The file holds no bytes." },
  truncated: { short: "Ends too early", long: "The file ends before it should." },
  undecodable: { short: "Cannot be read", long: "The content could not be read." },
  "extension-differs": {
    short: "Name and content differ",
    long: "The name says another type than the content.",
  },
  "over-limit": { short: "Over a limit", long: "It is larger than the limit." },
  "decoder-stopped": { short: "Took too long", long: "Reading it took too long or too much memory." },
  "decoder-died": { short: "Reader broke off", long: "The program that reads it broke off." },
  encrypted: { short: "Encrypted", long: "It is encrypted or needs a password." },
  "metadata-damaged": {
    short: "Metadata damaged",
    long: "Its embedded metadata could not be read in full.",
  },
  "decoder-missing": {
    short: "Reader not installed",
    long: "The program that reads this type is not installed on the server.",
  },
};
