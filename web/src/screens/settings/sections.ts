/** The sections of the settings, by group. A new one is a line here, its words, and its page. */
import { type LazyExoticComponent, lazy } from "react";
import { words } from "../../words";

export interface Section {
  /** The last part of its address. */
  path: string;
  title: string;
  lead: string;
  group: keyof typeof words.sections.groups;
  /** Whether only administrators see it. */
  administer: boolean;
  Page: LazyExoticComponent<() => React.ReactNode>;
}

const { keys, check, backups, places, proof, erase } = words.sections;

export const SECTIONS: readonly Section[] = [
  { path: "keys", ...keys, group: "programs", administer: false, Page: lazy(() => import("./Keys")) },
  { path: "check", ...check, group: "keeping", administer: true, Page: lazy(() => import("./Check")) },
  { path: "backups", ...backups, group: "keeping", administer: true, Page: lazy(() => import("./Backups")) },
  { path: "places", ...places, group: "keeping", administer: true, Page: lazy(() => import("./Places")) },
  { path: "proof", ...proof, group: "keeping", administer: false, Page: lazy(() => import("./Proof")) },
  { path: "erase", ...erase, group: "keeping", administer: true, Page: lazy(() => import("./Erase")) },
];

export const GROUPS = Object.entries(words.sections.groups).map(([group, title]) => ({
  title,
  sections: SECTIONS.filter((section) => section.group === group),
}));
