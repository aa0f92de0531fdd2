/** The bar over the library: the query, how much it finds, and adding files. */
import type { RefObject } from "react";
import type { Problem } from "../../api/client";
import { AddFiles } from "../../upload/AddFiles";
import { UploadChip } from "../../upload/UploadChip";
import styles from "./Library.module.css";
import { QueryBox } from "./QueryBox";
import type { Move } from "./steps";

interface Props {
  ref: RefObject<HTMLInputElement | null>;
  query: string;
  total: number | undefined;
  tookUs: number | undefined;
  problem: Problem | null;
  onQuery: (query: string, move: Move) => void;
}

export function TopBar({ ref, ...box }: Props) {
  return (
    <header className={styles.top}>
      <QueryBox ref={ref} {...box} />
      <UploadChip />
      <AddFiles />
    </header>
  );
}
