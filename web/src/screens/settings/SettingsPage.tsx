/** A section of the settings on its page. What only administrators see says so to all others. */
import type { ReactNode } from "react";
import { useCan, useMe } from "../../api/session";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import styles from "./Settings.module.css";

interface Props {
  title: string;
  about?: string;
  administer?: boolean;
  children: ReactNode;
}

export function SettingsPage({ title, about, administer = false, children }: Props) {
  const can = useCan();
  const known = useMe().data != null;
  const allowed = !administer || can.administer;
  return (
    <main className={ui.page}>
      <h1>{title}</h1>
      {about && <p className={styles.about}>{about}</p>}
      {allowed ? children : known && <p className={styles.about}>{words.sections.administrators}</p>}
    </main>
  );
}
