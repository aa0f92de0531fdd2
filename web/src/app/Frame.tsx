/** The frame of every screen behind the sign-in: rail, drop target, uploads, shortcuts. Stays while screens change,
 *  so that uploads go on. */
import { lazy, Suspense, useState } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { useConnected, useLiveEvents } from "../api/events";
import { useMe, useSetupNeeded } from "../api/session";
import { useKeys } from "../ui/keys";
import { DropTarget } from "../upload/DropTarget";
import { UploadPanel } from "../upload/UploadPanel";
import { words } from "../words";
import styles from "./Frame.module.css";
import { Rail } from "./Rail";
import { Toast } from "./Toast";

// Not of the first look: loaded when first asked for.
const Shortcuts = lazy(() => import("./Shortcuts"));

export function Frame() {
  const me = useMe();
  if (me.isPending) return null;
  if (me.isError) return <Silent why={me.error.message} again={() => me.refetch()} />;
  return me.data ? <Inside /> : <Outside />;
}

/** Nobody is signed in: the first start goes to setup, any other to the sign-in, and back here after it. */
function Outside() {
  const needed = useSetupNeeded();
  const { pathname, search } = useLocation();
  if (needed.isPending) return null;
  if (needed.data) return <Navigate to="/setup" replace />;
  return <Navigate to={`/sign-in?${new URLSearchParams({ to: pathname + search })}`} replace />;
}

function Inside() {
  /** `null` before it was first opened. */
  const [sheet, setSheet] = useState<boolean | null>(null);
  useLiveEvents();
  useKeys({ "?": () => setSheet(true) });
  return (
    <div className={styles.app}>
      <Rail onShortcuts={() => setSheet(true)} />
      <div className={styles.screen}>
        <Offline />
        <Suspense>
          <Outlet />
        </Suspense>
      </div>
      <DropTarget />
      <UploadPanel />
      <Toast />
      {sheet !== null && (
        <Suspense>
          <Shortcuts opened={sheet} onClose={() => setSheet(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Offline() {
  const connected = useConnected();
  return (
    <div role="status" className={connected ? "vh" : styles.offline}>
      {connected ? "" : words.offline}
    </div>
  );
}

function Silent({ why, again }: { why: string; again: () => void }) {
  return (
    <main className={styles.message} role="alert">
      <h1>{words.noAnswer}</h1>
      <p className="t2">{why}</p>
      <button type="button" className="link" onClick={again}>
        {words.retry}
      </button>
    </main>
  );
}
