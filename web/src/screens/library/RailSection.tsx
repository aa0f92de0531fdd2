/** A part of the rail: its heading, what is said or done beside the heading, and its lines. */
import type { ReactNode } from "react";
import styles from "./RailSection.module.css";

interface Props {
  label: string;
  aside?: ReactNode;
  children: ReactNode;
}

export function RailSection({ label, aside, children }: Props) {
  return (
    <section className={styles.section} aria-label={label}>
      <h2>
        {label}
        {aside}
      </h2>
      {children}
    </section>
  );
}

interface ClearProps {
  /** What it does, where its words do not say. */
  title?: string;
  label?: string;
  onClick: () => void;
  children: ReactNode;
}

/** Takes back what was chosen in the part. */
export function Clear({ title, label, onClick, children }: ClearProps) {
  return (
    <button type="button" className={styles.clear} title={title} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}
