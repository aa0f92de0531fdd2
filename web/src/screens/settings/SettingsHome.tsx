/** What there is to set, in a line each. */
import { Link } from "react-router";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import styles from "./Settings.module.css";
import { GROUPS } from "./sections";

export default function SettingsHome() {
  return (
    <main className={ui.page}>
      <h1>{words.settings.title}</h1>
      {GROUPS.map(({ title, sections }) => (
        <section key={title} className={ui.section} aria-label={title}>
          <h2>{title}</h2>
          {sections.map(({ path, title, lead }) => (
            <Link key={path} to={path} className={styles.entry}>
              <b>{title}</b>
              <span className="t2">{lead}</span>
            </Link>
          ))}
        </section>
      ))}
    </main>
  );
}
