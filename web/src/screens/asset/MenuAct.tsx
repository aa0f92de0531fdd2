/** An act of a menu. What cannot be done now stays in reach and says why: a disabled one is no item for readers of the
 *  screen. */
import { Menu } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  icon: ReactNode;
  /** Why it cannot be done; `null` where it can. */
  blocked: string | null;
  keyName?: string;
  onClick: () => void;
  children: ReactNode;
}

export function MenuAct({ icon, blocked, keyName, onClick, children }: Props) {
  const off = blocked !== null;
  return (
    <Menu.Item
      leftSection={icon}
      rightSection={keyName && !off ? <kbd>{keyName}</kbd> : null}
      aria-disabled={off}
      c={off ? "var(--dm-text-3)" : undefined}
      closeMenuOnClick={!off}
      onClick={() => !off && onClick()}
    >
      {children}
      {off && <div className="s11">{blocked}</div>}
    </Menu.Item>
  );
}
