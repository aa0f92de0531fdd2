/** All tags embedded in the file, as they stand there; a word keeps those that hold it. */
import { TextInput } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useTags } from "../../api/assets";
import { Lines } from "../../ui/Skeletons";
import { words } from "../../words";
import styles from "./Asset.module.css";

/** A file may carry tens of thousands; more than this nobody reads, the filter finds the rest. */
const SHOWN_MAX = 500;

const said = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

export function TagsTab({ id }: { id: string }) {
  const tags = useTags(id, true);
  const [filter, setFilter] = useState("");
  const wanted = useDeferredValue(filter.trim().toLowerCase());
  const all = tags.data?.items ?? [];
  const kept = useMemo(
    () => all.filter((tag) => `${tag.group}:${tag.name} ${said(tag.value)}`.toLowerCase().includes(wanted)),
    [all, wanted],
  );
  if (tags.isPending)
    return (
      <div className={styles.tab}>
        <Lines lines={8} />
      </div>
    );
  if (tags.isError)
    return (
      <p className={styles.quiet} role="alert">
        {tags.error.message}
      </p>
    );
  if (all.length === 0) return <p className={styles.quiet}>{words.asset.noTags}</p>;
  return (
    <div className={styles.tab}>
      <TextInput
        type="search"
        aria-label={words.asset.filterTags}
        placeholder={words.asset.filterTags}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <p className="t3 s12" role="status">
        {words.asset.tagCount(kept.length, all.length)}
      </p>
      <dl className={styles.tags}>
        {kept.slice(0, SHOWN_MAX).map((tag, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a file may hold one tag twice with one value
          <div key={index}>
            <dt>
              <span className="t3">{tag.group}</span> {tag.name}
            </dt>
            <dd>{said(tag.value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
