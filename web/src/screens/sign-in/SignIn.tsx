/** Signing in; afterwards back to where one was going. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { Problem } from "../../api/client";
import { useMe, useSignIn } from "../../api/session";
import styles from "../../ui/ui.module.css";
import { words } from "../../words";

/** Only a path of this site: `//elsewhere` and `/\elsewhere` are addresses of others. */
const safe = (to: string | null) => (to && /^\/(?![/\\])/.test(to) ? to : "/");

export default function SignIn() {
  const me = useMe();
  const [params] = useSearchParams();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  if (me.data) return <Navigate to={safe(params.get("to"))} replace />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password });
  };
  const refused = signIn.error instanceof Problem && signIn.error.status === 401;
  return (
    <main className={styles.card}>
      <form onSubmit={submit}>
        <h1>{words.signIn.title}</h1>
        <TextInput
          label={words.signIn.email}
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordInput
          label={words.signIn.password}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {signIn.error && (
          <p className={styles.wrong} role="alert">
            {refused ? words.signIn.wrong : signIn.error.message}
          </p>
        )}
        <Button type="submit" variant="filled" loading={signIn.isPending}>
          {words.signIn.act}
        </Button>
      </form>
    </main>
  );
}
