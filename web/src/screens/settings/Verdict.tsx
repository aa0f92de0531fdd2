/** What came of a check, with its sign: never by its colour alone. */
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./Settings.module.css";

const SIGNS = {
  good: { Icon: IconCircleCheck, colour: styles.good },
  ask: { Icon: IconAlertTriangle, colour: styles.ask },
  bad: { Icon: IconCircleX, colour: styles.bad },
};

export function Verdict({ how, children }: { how: keyof typeof SIGNS; children: ReactNode }) {
  const { Icon, colour } = SIGNS[how];
  return (
    <div className={`${styles.verdict} ${colour}`} role={how === "bad" ? "alert" : "status"}>
      <Icon size={16} stroke={1.8} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
