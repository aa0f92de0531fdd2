/** The folder tree: a click shows what is in a folder and below it; the chosen one is a token of the query like any. */
import { IconChevronRight, IconFolder, IconFolderFilled } from "@tabler/icons-react";
import { useState } from "react";
import { useFolders } from "../../api/folders";
import type { Folder } from "../../api/types";
import { fieldText, quote, setField, tokens } from "../../query/tokens";
import { words } from "../../words";
import styles from "./Folders.module.css";

/** With more folders beside each other, each is asked for its own only when it is opened. */
const ASKED_AHEAD_MAX = 24;

interface Props {
  query: string;
  onQuery: (query: string) => void;
}

export function Folders({ query, onQuery }: Props) {
  const folders = useFolders(null).data ?? [];
  const held = tokens(query).find((token) => token.field === "folder" && !token.excluded);
  const chosen = held?.values[0] ?? null;
  if (folders.length === 0 && fieldText(query, "folder") === null) return null;
  const choose = (path: string) => onQuery(setField(query, "folder", path === chosen ? null : quote(path)));
  return (
    <section className={styles.folders} aria-label={words.folders.label}>
      <h2>
        {words.folders.label}
        {chosen !== null && (
          <button
            type="button"
            className={styles.clear}
            onClick={() => onQuery(setField(query, "folder", null))}
          >
            {words.folders.all}
          </button>
        )}
      </h2>
      <List folders={folders} depth={0} chosen={chosen} onChoose={choose} />
    </section>
  );
}

interface ListProps {
  folders: Folder[];
  depth: number;
  chosen: string | null;
  onChoose: (path: string) => void;
}

function List({ folders, ...rest }: ListProps) {
  return (
    <ul>
      {folders.map((folder) => (
        <Branch
          key={folder.id}
          folder={folder}
          ahead={folders.length <= ASKED_AHEAD_MAX}
          alone={folders.length === 1}
          {...rest}
        />
      ))}
    </ul>
  );
}

interface BranchProps extends Omit<ListProps, "folders"> {
  folder: Folder;
  ahead: boolean;
  /** The only one at its place: what is in it is what one looks for. */
  alone: boolean;
}

function Branch({ folder, ahead, alone, depth, chosen, onChoose }: BranchProps) {
  const within = chosen?.startsWith(`${folder.path}/`) ?? false;
  // What an address or a click chose is in sight until the person folds it away.
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = opened ?? (within || alone);
  const below = useFolders(folder.id, ahead || open).data;
  const leaf = below?.length === 0;
  const here = chosen === folder.path;
  const Icon = here ? IconFolderFilled : IconFolder;
  return (
    <li>
      <div className={styles.line} style={{ paddingLeft: depth * 14 }}>
        {leaf ? (
          <span className={styles.turn} />
        ) : (
          <button
            type="button"
            className={styles.turn}
            aria-label={words.folders.below(folder.name)}
            aria-expanded={open}
            onClick={() => setOpened(!open)}
          >
            <IconChevronRight size={12} stroke={2} aria-hidden />
          </button>
        )}
        <button
          type="button"
          className={styles.name}
          aria-pressed={here}
          title={folder.path}
          onClick={() => onChoose(folder.path)}
        >
          <Icon size={14} stroke={1.5} aria-hidden />
          <span className="cut">{folder.name}</span>
        </button>
      </div>
      {open && below && !leaf && (
        <List folders={below} depth={depth + 1} chosen={chosen} onChoose={onChoose} />
      )}
    </li>
  );
}
