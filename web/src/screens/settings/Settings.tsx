/** The settings: their sections on the left, one of them beside it. Without room, one after the other. */
import { IconChevronLeft } from "@tabler/icons-react";
import { Suspense } from "react";
import { Link, NavLink, Outlet, useLocation } from "react-router";
import { PageWaiting } from "../../ui/Skeletons";
import { words } from "../../words";
import styles from "./Settings.module.css";
import { GROUPS } from "./sections";

export default function Settings() {
  const home = useLocation().pathname.replace(/\/$/, "") === "/settings";
  return (
    <div className={styles.settings}>
      <nav className={styles.nav} aria-label={words.sections.label}>
        {GROUPS.map(({ title, sections }) => (
          <div key={title} role="group" aria-label={title}>
            <h2>{title}</h2>
            {sections.map(({ path, title }) => (
              <NavLink key={path} to={path}>
                {title}
              </NavLink>
            ))}
          </div>
        ))}
      </nav>
      <div className={styles.content}>
        {!home && (
          <Link to="/settings" className={`${styles.back} link`}>
            <IconChevronLeft size={16} stroke={1.5} aria-hidden />
            {words.sections.back}
          </Link>
        )}
        <Suspense fallback={<PageWaiting title={words.settings.title} />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}
