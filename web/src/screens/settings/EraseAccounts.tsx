/** The accounts there are, each of which can be erased but for one's own. */
import { Button, Tooltip } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accounts, eraseAccount } from "../../api/keeping";
import { useCan, useMe } from "../../api/session";
import type { Account } from "../../api/types";
import { Lines } from "../../ui/Skeletons";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { date } from "../../words/format";
import { ErasedVerdict } from "./ErasedVerdict";
import { EraseModal } from "./EraseModal";
import type { Erased } from "./erased";
import { Verdict } from "./Verdict";

export function EraseAccounts() {
  const cache = useQueryClient();
  const { administer } = useCan();
  const held = useInfiniteQuery({ ...accounts, enabled: administer });
  const [asked, setAsked] = useState<Account | null>(null);
  const [done, setDone] = useState<Erased | null>(null);
  const people = held.data?.pages.flatMap((page) => page.items) ?? [];
  const name = asked?.name ?? "";
  return (
    <section className={ui.section} aria-label={words.erase.account}>
      <h2>{words.erase.account}</h2>
      <p>{words.erase.accountGoes}</p>
      <p>{words.erase.accountStays}</p>
      {held.error && <Verdict how="bad">{held.error.message || words.noAnswer}</Verdict>}
      {held.isPending && <Lines lines={1} act={64} />}
      {done && <ErasedVerdict erased={done} />}
      {people.map((person) => (
        <Person key={person.id} person={person} onErase={() => setAsked(person)} />
      ))}
      {held.hasNextPage && (
        <p>
          <Button loading={held.isFetchingNextPage} onClick={() => held.fetchNextPage()}>
            {words.erase.more}
          </Button>
        </p>
      )}
      <EraseModal
        name={asked ? name : null}
        title={words.erase.title(name)}
        goes={words.erase.accountGoes}
        stays={words.erase.accountStays}
        sure={words.erase.sure(name)}
        act={() => eraseAccount(asked?.id ?? "")}
        onDone={(erased) => {
          setDone(erased);
          setAsked(null);
          cache.invalidateQueries({ queryKey: accounts.queryKey });
        }}
        onClose={() => setAsked(null)}
      />
    </section>
  );
}

function Person({ person, onErase }: { person: Account; onErase: () => void }) {
  const own = useMe().data?.user?.id === person.id;
  return (
    <div className={ui.line}>
      <div className="grow">
        <div className="cut">
          {person.name ?? <span className="t3">{words.erase.gone}</span>}
          {own && <span className="t3"> ({words.erase.you})</span>}
        </div>
        <div className="s12 t3 cut">
          {[person.email, words.erase.since(date(person.created))].filter(Boolean).join(" · ")}
        </div>
      </div>
      {person.name !== null && (
        <Tooltip label={words.erase.own} disabled={!own}>
          <Button
            c={own ? undefined : "var(--dm-no)"}
            aria-label={words.erase.actOf(person.name)}
            aria-disabled={own}
            data-disabled={own || undefined}
            onClick={() => !own && onErase()}
          >
            {words.erase.act}
          </Button>
        </Tooltip>
      )}
    </div>
  );
}
