/** What stands where a screen broke, or where there is none. */
import { Button } from "@mantine/core";
import { Link, useRouteError } from "react-router";
import { words } from "../words";
import styles from "./Frame.module.css";

export function Broken() {
  const error = useRouteError();
  return (
    <main className={styles.message} role="alert">
      <h1>{words.brokenScreen}</h1>
      <p className="t2">{error instanceof Error ? error.message : String(error)}</p>
      <Button onClick={() => location.reload()}>{words.reload}</Button>
    </main>
  );
}

export function NotFound() {
  return (
    <main className={styles.message}>
      <h1>{words.notFound}</h1>
      <Button component={Link} to="/">
        {words.toLibrary}
      </Button>
    </main>
  );
}
