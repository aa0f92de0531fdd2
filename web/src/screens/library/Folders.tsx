/** The folder tree: a click shows what is in a folder and below it; the chosen one is a token of the query like any. */
import { IconChevronRight, IconDots, IconFolder, IconFolderFilled } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useFolders } from "../../api/folders";
import type { Folder } from "../../api/types";
import { fieldText, quote, setField, tokens } from "../../query/tokens";
import { words } from "../../words";
import styles from "./Folders.module.css";
import { Clear, RailSection } from "./RailSection";

/** With more folders beside each other, each is asked for its own only when it is opened. */
const ASKED_AHEAD_MAX = 24;
const INDENT_PX = 14;

interface Props {
  query: string;
  onQuery: (query: string) => void;
}

export function Folders({ query, onQuery }: Props) {
  const root = useFolders(null);
  const held = tokens(query).find((token) => token.field === "folder" && !token.excluded);
  const chosen = held?.values[0] ?? null;
  const folders = root.data ?? [];
  if (folders.length === 0 && fieldText(query, "folder") === null) return null;
  const choose = (path: string) => onQuery(setField(query, "folder", path === chosen ? null : quote(path)));
  return (
    <RailSection
      label={words.folders.label}
      aside={
        chosen !== null && (
          <Clear onClick={() => onQuery(setField(query, "folder", null))}>{words.folders.all}</Clear>
        )
      }
    >
      <List level={root} name={null} depth={0} chosen={chosen} onChoose={choose} />
    </RailSection>
  );
}

type Level = ReturnType<typeof useFolders>;

interface ListProps {
  level: Level;
  /** Of the folder they are in; `null` at the root. */
  name: string | null;
  depth: number;
  chosen: string | null;
  onChoose: (path: string) => void;
}

function List({ level, name, ...rest }: ListProps) {
  const list = useRef<HTMLUListElement>(null);
  const folders = level.data ?? [];
  const asked = useRef<number | null>(null);
  useEffect(() => {
    if (asked.current === null || folders.length <= asked.current) return;
    const first = list.current?.children[asked.current];
    asked.current = null;
    // The line that was pressed is gone when it was the last, and the focus with it: the first new folder takes it.
    if (document.activeElement === document.body)
      first?.querySelector<HTMLButtonElement>("[aria-pressed]")?.focus();
  }, [folders.length]);
  const readOn = () => {
    asked.current = folders.length;
    level.fetchNextPage();
  };
  return (
    <ul ref={list}>
      {folders.map((folder) => (
        <Branch
          key={folder.id}
          folder={folder}
          ahead={folders.length <= ASKED_AHEAD_MAX}
          alone={folders.length === 1}
          {...rest}
        />
      ))}
      {level.hasNextPage && (
        <More
          name={name}
          depth={rest.depth}
          busy={level.isFetchingNextPage}
          failed={level.isFetchNextPageError}
          onMore={readOn}
        />
      )}
    </ul>
  );
}

interface MoreProps {
  name: string | null;
  depth: number;
  busy: boolean;
  failed: boolean;
  onMore: () => void;
}

/** The end of a level that goes on. */
function More({ name, depth, busy, failed, onMore }: MoreProps) {
  const said = failed ? words.folders.notRead : words.folders.more;
  return (
    <li>
      <div className={styles.line} style={{ paddingLeft: depth * INDENT_PX }}>
        <span className={styles.turn} />
        <button
          type="button"
          className={styles.name}
          aria-label={name === null || failed ? said : words.folders.moreIn(name)}
          aria-busy={busy}
          onClick={() => !busy && onMore()}
        >
          <IconDots size={14} stroke={1.5} aria-hidden />
          <span className="cut t2">{said}</span>
        </button>
      </div>
    </li>
  );
}

interface BranchProps extends Omit<ListProps, "level" | "name"> {
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
  const below = useFolders(folder.id, ahead || open);
  const leaf = below.data?.length === 0;
  const here = chosen === folder.path;
  const Icon = here ? IconFolderFilled : IconFolder;
  return (
    <li>
      <div className={styles.line} style={{ paddingLeft: depth * INDENT_PX }}>
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
      {open && below.data && !leaf && (
        <List level={below} name={folder.name} depth={depth + 1} chosen={chosen} onChoose={onChoose} />
      )}
    </li>
  );
}
