/** The rail: the screens there are, the shortcuts, the account. */
import { Menu, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { IconActivity, IconHelp, IconLayoutDashboard, IconSettings } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { useStatus } from "../api/activity";
import { useMe, useSignOut } from "../api/session";
import { words } from "../words";
import styles from "./Frame.module.css";
import { prefer, usePreferences } from "./preferences";

export function Rail({ onShortcuts }: { onShortcuts: () => void }) {
  const dead = useStatus().data?.jobs.dead ?? 0;
  return (
    <nav className={styles.rail} aria-label={words.rail.label}>
      <Link to="/" className={styles.logo} aria-label={words.product}>
        <Weave />
      </Link>
      <Place to="/" label={words.rail.library}>
        <IconLayoutDashboard size={17} stroke={1.5} />
      </Place>
      <Place to="/activity" label={words.rail.activity}>
        <IconActivity size={17} stroke={1.5} />
        {dead > 0 && <span className={styles.badge}>{dead > 99 ? "99+" : dead}</span>}
      </Place>
      <span className="grow" />
      <button
        type="button"
        aria-label={words.rail.shortcuts}
        title={`${words.rail.shortcuts} (?)`}
        onClick={onShortcuts}
      >
        <IconHelp size={17} stroke={1.5} />
      </button>
      <Place to="/settings" label={words.rail.settings}>
        <IconSettings size={17} stroke={1.5} />
      </Place>
      <Account />
    </nav>
  );
}

function Place({ to, label, children }: { to: string; label: string; children: ReactNode }) {
  const { pathname } = useLocation();
  // An asset is looked at within the library, the quarantine within the activity.
  const within = { "/": "/assets/", "/activity": "/quarantine", "/settings": "/settings/" }[to];
  const here = pathname === to || (within !== undefined && pathname.startsWith(within));
  return (
    <Link to={to} aria-label={label} title={label} aria-current={here ? "page" : undefined}>
      {children}
    </Link>
  );
}

function Account() {
  const me = useMe().data;
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density } = usePreferences();
  const name = me?.user?.name ?? me?.library ?? "";
  return (
    <Menu position="right-end" width={256}>
      <Menu.Target>
        <button type="button" aria-label={words.rail.account}>
          <span className={styles.initials}>{initials(name)}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          <br />
          {me?.user?.email}
        </Menu.Label>
        <div className={styles.account}>
          <SegmentedControl
            fullWidth
            aria-label={words.account.theme}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
            data={[
              { value: "light", label: words.account.light },
              { value: "dark", label: words.account.dark },
              { value: "auto", label: words.account.system },
            ]}
          />
          <SegmentedControl
            fullWidth
            aria-label={words.account.density}
            value={density}
            onChange={(value) => prefer({ density: value === "comfortable" ? "comfortable" : "compact" })}
            data={[
              { value: "compact", label: words.account.compact },
              { value: "comfortable", label: words.account.comfortable },
            ]}
          />
        </div>
        <Menu.Divider />
        <Menu.Item onClick={() => signOut.mutate()}>{words.account.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""]
    .map((part) => part?.[0]?.toUpperCase() ?? "")
    .join("");
}

/** The mark: two threads over and under. */
function Weave() {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 5.5h3M7 5.5h7M2 10.5h7M11 10.5h3M5.5 2v7M5.5 11v3M10.5 2v3M10.5 7v7" />
    </svg>
  );
}
