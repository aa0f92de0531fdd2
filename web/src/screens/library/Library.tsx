/** The library: a query, what it finds, and what may be done with it. Asks; the parts beside it show. */
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { countQuery, useResult } from "../../api/assets";
import { Problem } from "../../api/client";
import { useCan } from "../../api/session";
import { setField } from "../../query/tokens";
import { isTrash, TRASH, TRASH_SORT } from "../../query/trash";
import { useKeys } from "../../ui/keys";
import { tell } from "../../ui/notices";
import { words } from "../../words";
import { EmptyLibrary } from "./EmptyLibrary";
import { EmptyResult } from "./EmptyResult";
import { Facets } from "./Facets";
import { Folders } from "./Folders";
import { Grid, type GridHandle } from "./Grid";
import styles from "./Library.module.css";
import { NothingHere } from "./NothingHere";
import { useGoes, useKeeps } from "./purgeTime";
import { QuickLook } from "./QuickLook";
import { NotReadOn, NotTheAnswer, Refused } from "./Refused";
import { SelectionBar } from "./SelectionBar";
import { SubBar } from "./SubBar";
import { type Change, searchText, useSearch } from "./search";
import { selection, useSelection } from "./selection";
import { Table } from "./Table";
import { TopBar } from "./TopBar";
import { TrashPlace } from "./TrashPlace";
import { useLeaving } from "./useLeaving";
import { takeVisited } from "./visited";

// Only where there is no room beside the pictures.
const Sheet = lazy(() => import("../../ui/Sheet"));
const Purge = lazy(() => import("./Purge"));

export function Library() {
  const { search, view, change } = useSearch();
  const result = useResult(search);
  const narrow = useMediaQuery("(max-width: 1100px)") ?? false;
  const [filters, setFilters] = useState(false);
  const [focus, setFocus] = useState(-1);
  const [look, setLook] = useState(false);
  const grid = useRef<GridHandle>(null);
  const box = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const selected = useSelection();

  // A page that follows and could not be read leaves the result what it is.
  const refused = !result.data && result.error instanceof Problem ? result.error : null;
  // While a query is wrong, what the last right one found stays, named by that one.
  const [found, setFound] = useState({ data: result.data, q: search.q });
  if (result.data && !result.isPlaceholderData && result.data !== found.data)
    setFound({ data: result.data, q: search.q });
  const first = found.data?.pages[0];
  const items = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found]);
  const order = search.sort || first?.sort || "";
  // Before the first file there is nothing to filter, sort or measure.
  const bare = first?.total === 0 && !refused && search.q === "";
  const trashed = useQuery({ ...countQuery(TRASH), enabled: bare }).data ?? 0;
  const empty = bare && trashed === 0;
  // What cannot be read leads nowhere: what is on show goes on from the query that found it.
  const shown = refused ? { ...search, q: found.q } : search;
  const trash = isTrash(shown.q);
  const linkOf = (id: string) => `/assets/${id}${searchText(shown)}`;
  const open = (index: number) => {
    const item = items[index];
    if (item) navigate(linkOf(item.id));
  };

  useEffect(() => {
    document.title = search.q
      ? `${search.q} · ${words.product}`
      : `${words.library.title} · ${words.product}`;
  }, [search.q]);

  const onLook = useCallback((index: number) => {
    setFocus(index);
    setLook(true);
  }, []);
  // Back from an asset: where one was, with the focus on what was open.
  useEffect(() => {
    if (items.length === 0) return;
    const visited = takeVisited();
    const index = items.findIndex((item) => item.id === visited);
    if (index < 0) return;
    setFocus(index);
    requestAnimationFrame(() => grid.current?.reveal(index));
  }, [items]);

  const focusOn = useCallback((index: number) => {
    setFocus(index);
    if (index >= 0) requestAnimationFrame(() => grid.current?.reveal(index));
  }, []);
  const leave = useLeaving(items, focus, focusOn);
  const can = useCan();
  /** What is to be deleted for ever, while it is asked. */
  const [leaving, setLeaving] = useState<string[] | null>(null);
  const [busy, setBusy] = useState(false);
  const purge = async (ids: string[]) => {
    setBusy(true);
    await leave("purge", ids);
    setBusy(false);
    setLeaving(null);
  };
  const remove = () => {
    const item = items[focus];
    const ids = selected.size > 0 ? [...selected] : item ? [item.id] : [];
    if (ids.length === 0) return;
    if (trash ? !can.administer : !can.edit)
      tell({ text: trash ? words.trash.notAllowedPurge : words.trash.notAllowed });
    else if (trash) setLeaving(ids);
    else leave("trash", ids);
  };
  const goes = useGoes(items, trash);
  const keeps = useKeeps(items, trash);

  const moveLook = (by: number) => {
    const next = Math.min(items.length - 1, Math.max(0, focus + by));
    setFocus(next);
    grid.current?.reveal(next);
  };

  useKeys(
    {
      "/": () => box.current?.select(),
      Escape: () => selection.clear(),
      "Mod+a": () => selection.add(items.map((item) => item.id)),
      x: () => {
        const item = items[focus];
        if (item) selection.toggle(item.id);
      },
      Space: () => setLook(focus >= 0 && focus < items.length),
      Delete: remove,
      Backspace: remove,
    },
    !look,
  );

  const choose = (q: string) => change({ q });
  // An order chosen by hand goes before one in the query, which then only misleads.
  const onChange = ({ sort, ...next }: Change) =>
    change(sort === undefined ? next : { ...next, sort, q: setField(search.q, "sort", null) });
  const facets = first && (
    <>
      <Folders query={shown.q} onQuery={choose} />
      <TrashPlace query={shown.q} onChange={change} />
      <Facets query={shown.q} facets={first.facets} onQuery={choose} />
    </>
  );
  const parts = {
    items,
    total: first?.total ?? 0,
    more: result.hasNextPage,
    onEnd: () => {
      if (result.hasNextPage && !result.isFetchingNextPage && !result.isPlaceholderData)
        result.fetchNextPage();
    },
    selected,
    focus,
    onFocus: setFocus,
    onOpen: open,
    linkOf,
    goes,
    memory: searchText(shown, view),
  };

  return (
    <>
      <TopBar
        ref={box}
        query={search.q}
        total={refused ? undefined : first?.total}
        tookUs={first?.took_us}
        problem={refused}
        onQuery={(q, move) => change({ q }, move)}
      />
      <main className={styles.library}>
        <h1 className="vh">{words.library.title}</h1>
        {!narrow && !empty && (
          <aside
            className={styles.facets}
            aria-label={words.facets.label}
            data-stale={refused ? true : undefined}
          >
            {facets}
          </aside>
        )}
        <section className={styles.content} aria-label={words.library.results}>
          {!empty && (
            <SubBar
              query={shown.q}
              order={order}
              view={view}
              note={keeps}
              onChange={onChange}
              onFilters={narrow ? () => setFilters(true) : null}
            />
          )}
          {first && refused && (
            <NotTheAnswer problem={refused} before={found.q} onBack={() => choose(found.q)} />
          )}
          {result.isFetchNextPageError && <NotReadOn onAgain={() => result.fetchNextPage()} />}
          {!first ? (
            refused && <Refused problem={refused} onClear={() => choose("")} />
          ) : empty ? (
            <EmptyLibrary />
          ) : bare ? (
            <NothingHere
              title={words.trash.all(trashed)}
              act={words.trash.open}
              onAct={() => change({ q: TRASH, sort: TRASH_SORT })}
            />
          ) : first.total === 0 && !refused && search.q.trim() === TRASH ? (
            <NothingHere
              title={words.trash.nothing}
              lead={words.trash.nothingLead}
              act={words.trash.toLibrary}
              onAct={() => change({ q: "", sort: "" })}
            />
          ) : first.total === 0 && !refused ? (
            <EmptyResult query={search.q} onQuery={choose} />
          ) : (
            <div
              className={styles.found}
              data-stale={refused ? true : undefined}
              data-late={result.isPlaceholderData || undefined}
            >
              {view === "grid" ? (
                <Grid ref={grid} {...parts} sort={first.sort} onLook={onLook} />
              ) : (
                <Table ref={grid} {...parts} sort={order} onSort={(sort) => onChange({ sort })} />
              )}
            </div>
          )}
          <SelectionBar
            items={items}
            total={first?.total ?? 0}
            selected={selected}
            trash={trash}
            onTrash={remove}
            onRestore={() => leave("restore", [...selected])}
            onPurge={remove}
          />
        </section>
      </main>
      {narrow && (
        <Suspense>
          <Sheet opened={filters} onClose={() => setFilters(false)} title={words.facets.label} size={280}>
            {facets}
          </Sheet>
        </Suspense>
      )}
      <Suspense>
        <Purge
          title={words.trash.purgeTitle}
          number={leaving?.length ?? null}
          busy={busy}
          onSure={() => leaving && purge(leaving)}
          onClose={() => setLeaving(null)}
        />
      </Suspense>
      {look && items[focus] && (
        <QuickLook
          asset={items[focus]}
          onMove={moveLook}
          onOpen={() => open(focus)}
          onClose={() => {
            setLook(false);
            grid.current?.reveal(focus);
          }}
        />
      )}
    </>
  );
}
