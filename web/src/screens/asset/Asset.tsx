/** One asset: its media on the ground, what is known of it beside it, its place in the result around it. */
import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { rungUrl } from "../../api/addresses";
import { type Held, type Search, useAsset, useResult } from "../../api/assets";
import { Problem } from "../../api/client";
import { mayBePictured } from "../../api/renditions";
import { prefer, usePreferences } from "../../app/preferences";
import { useKeys } from "../../ui/keys";
import { tell } from "../../ui/notices";
import Sheet from "../../ui/Sheet";
import { AssetWaiting } from "../../ui/Skeletons";
import { words } from "../../words";
import { searchOf, searchText } from "../library/search";
import { visit } from "../library/visited";
import styles from "./Asset.module.css";
import { Banner } from "./Banner";
import { useBlocked } from "./blocked";
import { Header } from "./Header";
import { Media } from "./Media";
import { Panel } from "./Panel";
import { Strip } from "./Strip";
import { useAssetActs } from "./useAssetActs";

const Compare = lazy(() => import("./Compare"));

export default function Asset() {
  const { id = "" } = useParams();
  const [params] = useSearchParams();
  const search = useMemo(() => searchOf(params), [params]);
  const held = useAsset(id);
  const around = useNeighbours(search, id);
  const panel = usePreferences().panel;
  const narrow = useNarrow();
  useEffect(() => visit(id), [id]);
  if (held.isError && !held.data) {
    const gone = held.error instanceof Problem && held.error.status === 404;
    return <main className={styles.message}>{gone ? words.notFound : held.error.message}</main>;
  }
  if (!held.data) return <AssetWaiting panel={panel && !narrow} />;
  return <Shown held={held.data} search={search} around={around} />;
}

const useNarrow = () => useMediaQuery("(max-width: 1100px)") ?? false;

interface ShownProps {
  held: Held;
  search: Search;
  around: Around;
}

function Shown({ held, search, around }: ShownProps) {
  const { asset } = held;
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const { panel } = usePreferences();
  const [sheet, setSheet] = useState(false);
  const acts = useAssetActs(asset);
  const blocked = useBlocked(asset);
  const put = useCallback(
    (next: Record<string, string | null>) => setParams((now) => putIn(now, next), { replace: true }),
    [setParams],
  );
  const putOne = useCallback((name: string, value: string | null) => put({ [name]: value }), [put]);

  const number = Number(params.get("v"));
  const version = asset.versions.find((each) => each.number === number)?.id ?? asset.version;
  const current = asset.versions.find((each) => each.id === asset.version);
  const other = asset.versions.find((each) => each.number === Number(params.get("compare")));
  const compared = other && current && other.id !== current.id ? { from: other, to: current } : null;

  const go = (to: string | null) => to && navigate(`/assets/${to}${searchText(search)}`, { replace: true });
  const back = () => navigate(`/${searchText(search)}`);
  const toggle = () => (narrow ? setSheet((open) => !open) : prefer({ panel: !panel }));
  const trash = async () => {
    if (blocked !== null) return tell({ text: blocked });
    const next = around.next ?? around.previous;
    if (await acts.trash()) next ? go(next) : back();
  };
  const compare = (number: number) => {
    setSheet(false);
    put({ compare: String(number), v: null });
  };
  const leave = () => (compared ? put({ compare: null, how: null }) : back());
  useKeys({
    ArrowLeft: () => go(around.previous),
    ArrowRight: () => go(around.next),
    Escape: () => (document.fullscreenElement ? document.exitFullscreen() : leave()),
    i: toggle,
    Delete: trash,
    Backspace: trash,
  });
  useEffect(() => {
    document.title = `${asset.name} · ${words.product}`;
  }, [asset.name]);

  const shownPanel = <Panel key={asset.id} held={held} onCompare={compare} />;
  return (
    <>
      <Header
        asset={asset}
        around={around}
        backTo={`/${searchText(search)}`}
        panelOpen={narrow ? sheet : panel}
        onPanel={toggle}
        onTrash={trash}
      />
      <Banner
        asset={asset}
        version={compared ? asset.version : version}
        onCompare={compare}
        onCurrent={() => put({ v: null })}
      />
      <main className={styles.asset}>
        <section className={styles.view}>
          {compared ? (
            <Suspense>
              <Compare
                asset={asset}
                {...compared}
                swipe={params.get("how") === "swipe"}
                onSwipe={(on) => put({ how: on ? "swipe" : null })}
                onClose={leave}
              />
            </Suspense>
          ) : (
            <Media
              key={`${asset.id}${version}`}
              asset={asset}
              version={version}
              page={Number(params.get("page")) || 1}
              frame={Number(params.get("frame")) || 0}
              textShown={params.get("text") === "1"}
              onPut={putOne}
              around={around}
              onGo={go}
            />
          )}
          {asset.versions.length > 1 && !compared && (
            <Strip
              asset={asset}
              chosen={version}
              onChoose={(each) => put({ v: each === current?.number ? null : String(each) })}
              onCompare={compare}
            />
          )}
        </section>
        {!narrow && panel && (
          <aside className={styles.panel} aria-label={words.asset.panel}>
            {shownPanel}
          </aside>
        )}
      </main>
      <Sheet
        opened={narrow && sheet}
        onClose={() => setSheet(false)}
        position="right"
        size={360}
        styles={{ header: { paddingInline: 16 }, body: { padding: 0 } }}
        title={asset.name}
      >
        {shownPanel}
      </Sheet>
    </>
  );
}

/** What of the asset is looked at stands in the address, beside the result it was opened from. */
function putIn(now: URLSearchParams, next: Record<string, string | null>): URLSearchParams {
  const params = new URLSearchParams(now);
  for (const [name, value] of Object.entries(next)) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
  return params;
}

export interface Around {
  /** From 0; `null` when the asset is not in what is loaded of the result. */
  index: number | null;
  total: number;
  previous: string | null;
  next: string | null;
}

/** The asset's place in the result it was opened from. */
function useNeighbours(search: { q: string; sort: string }, id: string): Around {
  const result = useResult(search);
  const items = useMemo(() => result.data?.pages.flatMap((page) => page.items) ?? [], [result.data]);
  const index = items.findIndex((item) => item.id === id);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = result;
  useEffect(() => {
    if (index >= 0 && index > items.length - 10 && hasNextPage && !isFetchingNextPage) fetchNextPage();
  }, [index, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const next = index >= 0 ? items[index + 1] : undefined;
  useEffect(() => {
    // The next one is most often what is looked at next.
    if (next && mayBePictured(next)) new Image().src = rungUrl(next.version, 2048);
  }, [next]);
  return {
    index: index < 0 ? null : index,
    total: result.data?.pages[0]?.total ?? 0,
    previous: (index > 0 ? items[index - 1]?.id : null) ?? null,
    next: next?.id ?? null,
  };
}
