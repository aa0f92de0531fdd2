/** What a screen looks like before it is read: the shapes of what comes, still, and only when it takes a while. */
import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { words } from "../words";
import styles from "./Skeletons.module.css";
import ui from "./ui.module.css";

function Waiting({ className, children }: { className?: string | undefined; children: ReactNode }) {
  return (
    <div className={`${styles.later} ${className ?? ""}`} aria-busy>
      <span className="vh">{words.waiting}</span>
      {children}
    </div>
  );
}

interface LinesProps {
  lines: number;
  /** Width of what can be done with a line, in pixels. */
  act?: number;
  /** Whether more is said below the name. */
  below?: boolean;
}

/** Lines of a list: a name, what is said of it below, and what can be done with it. */
export function Lines({ lines, act = 0, below = true }: LinesProps) {
  return (
    <Waiting className={styles.lines}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={index} className={ui.line}>
          <div className={styles.words}>
            <Skeleton height={13} width={`${38 - (index % 3) * 8}%`} />
            {below && <Skeleton height={11} width={`${62 - (index % 2) * 14}%`} />}
          </div>
          {act > 0 && <Skeleton height="var(--dm-row)" width={act} />}
        </div>
      ))}
    </Waiting>
  );
}

/** A screen of lists under its title. */
export function PageWaiting({ title }: { title: string }) {
  return (
    <main className={ui.page}>
      <h1>{title}</h1>
      <section className={ui.section}>
        <Lines lines={4} act={64} />
      </section>
    </main>
  );
}

/** An asset: its bar, its media on the ground, the panel beside it. */
export function AssetWaiting({ panel }: { panel: boolean }) {
  return (
    <>
      <header className={styles.bar}>
        <Skeleton height={13} width={220} className={styles.later} />
        <Skeleton height="var(--dm-row)" width={112} className={styles.later} />
      </header>
      <main className={styles.asset}>
        <Waiting className={styles.ground}>
          <Skeleton height="60vh" width="min(80vh, 70%)" />
        </Waiting>
        {panel && (
          <aside className={styles.panel}>
            <PanelShape />
          </aside>
        )}
      </main>
    </>
  );
}

function PanelShape() {
  return (
    <>
      <div className={`${styles.tabs} ${styles.later}`}>
        {[52, 40, 62, 50].map((width) => (
          <Skeleton key={width} height={13} width={width} />
        ))}
      </div>
      <Skeleton height={20} width="70%" className={styles.later} />
      <Skeleton height={48} className={styles.later} />
      {[80, 120, 64, 140, 96].map((width) => (
        <div key={width} className={`${styles.pair} ${styles.later}`}>
          <Skeleton height={12} width={64} />
          <Skeleton height={12} width={width} />
        </div>
      ))}
    </>
  );
}
