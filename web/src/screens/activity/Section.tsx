/** A part of the activity under its heading. */
import type { ReactNode } from "react";
import styles from "../../ui/ui.module.css";

interface Props {
  title: string;
  note?: string | undefined;
  children: ReactNode;
}

export function Section({ title, note, children }: Props) {
  return (
    <section className={styles.section} aria-label={title}>
      <h2>
        {title} {note && <span>{note}</span>}
      </h2>
      {children}
    </section>
  );
}
