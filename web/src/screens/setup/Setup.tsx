/** The first start: whoever holds the printed link makes the first administrator. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { useSetUp, useSetupNeeded } from "../../api/session";
import styles from "../../ui/ui.module.css";
import { words } from "../../words";

const PASSWORD_MIN = 10;

export default function Setup() {
  const needed = useSetupNeeded();
  const [params] = useSearchParams();
  const setUp = useSetUp();
  const navigate = useNavigate();
  const [person, setPerson] = useState({ name: "", email: "", password: "" });
  const token = params.get("token") ?? "";
  if (setUp.isSuccess || needed.data === false) return <Navigate to="/" replace />;
  if (!token) {
    return (
      <main className={styles.card}>
        <div>
          <h1>{words.setup.title}</h1>
          <p>{words.setup.noToken}</p>
        </div>
      </main>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUp.mutate({ token, ...person }, { onSuccess: () => navigate("/", { replace: true }) });
  };
  const short = person.password.length > 0 && person.password.length < PASSWORD_MIN;
  return (
    <main className={styles.card}>
      <form onSubmit={submit}>
        <h1>{words.setup.title}</h1>
        <p className="t2">{words.setup.lead}</p>
        <TextInput
          label={words.setup.name}
          autoComplete="name"
          required
          autoFocus
          value={person.name}
          onChange={(event) => setPerson({ ...person, name: event.target.value })}
        />
        <TextInput
          label={words.setup.email}
          type="email"
          autoComplete="username"
          required
          value={person.email}
          onChange={(event) => setPerson({ ...person, email: event.target.value })}
        />
        <PasswordInput
          label={words.setup.password}
          description={words.setup.passwordHint}
          error={short ? words.setup.passwordHint : undefined}
          autoComplete="new-password"
          required
          minLength={PASSWORD_MIN}
          value={person.password}
          onChange={(event) => setPerson({ ...person, password: event.target.value })}
        />
        {setUp.error && (
          <p className={styles.wrong} role="alert">
            {setUp.error.message}
          </p>
        )}
        <Button type="submit" variant="filled" loading={setUp.isPending}>
          {words.setup.act}
        </Button>
      </form>
    </main>
  );
}
