/** Emptying the trash: a job, whose progress stands in the activity. */
import { Button, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { JOBS } from "../../api/activity";
import { countQuery } from "../../api/assets";
import { useCan } from "../../api/session";
import { emptyTrash } from "../../api/trash";
import { TRASH } from "../../query/trash";
import { tell } from "../../ui/notices";
import { words } from "../../words";
import styles from "./Library.module.css";

const Purge = lazy(() => import("./Purge"));

export function EmptyTrash() {
  const { administer } = useCan();
  const cache = useQueryClient();
  const all = useQuery(countQuery(TRASH)).data ?? 0;
  /** How many there were when it was asked. */
  const [asked, setAsked] = useState<number | null>(null);
  const emptying = useMutation({
    mutationFn: emptyTrash,
    onSuccess: () => tell({ text: words.trash.emptied }),
    onError: (cause) => tell({ text: cause.message }),
    onSettled: () => {
      setAsked(null);
      cache.invalidateQueries({ queryKey: JOBS });
    },
  });
  if (all === 0 && asked === null) return null;
  return (
    <>
      <Tooltip label={words.trash.notAllowedPurge} disabled={administer}>
        <Button
          className={styles.emptying}
          variant="subtle"
          c={administer ? "var(--dm-no)" : undefined}
          data-accent
          aria-disabled={!administer}
          data-disabled={!administer || undefined}
          onClick={() => administer && setAsked(all)}
        >
          {words.trash.empty}
        </Button>
      </Tooltip>
      <Suspense>
        <Purge
          title={words.trash.emptyTitle}
          number={asked}
          busy={emptying.isPending}
          onSure={() => emptying.mutate()}
          onClose={() => setAsked(null)}
        />
      </Suspense>
    </>
  );
}
