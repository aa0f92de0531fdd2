/** One asset: its media on the ground, what is known of it beside it, its place in the result around it. */
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { rungUrl } from "../../api/addresses";
import { useAsset, useResult } from "../../api/assets";
import { Problem } from "../../api/client";
import { mayBePictured } from "../../api/renditions";
import { prefer, usePreferences } from "../../app/preferences";
import { useKeys } from "../../ui/keys";
import Sheet from "../../ui/Sheet";
import { AssetWaiting } from "../../ui/Skeletons";
import { words } from "../../words";
import { searchOf, searchText } from "../library/search";
import { visit } from "../library/visited";
import styles from "./Asset.module.css";
import { isCut } from "./cut";
import { Header } from "./Header";
import { Media } from "./Media";
import { Panel } from "./Panel";
import { Strip } from "./Strip";

export default function Asset() {
  const { id = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const search = useMemo(() => searchOf(params), [params]);
  const navigate = useNavigate();
  const held = useAsset(id);
  const around = useNeighbours(search, id);
  const narrow = useMediaQuery("(max-width: 1100px)") ?? false;
  const { panel } = usePreferences();
  const [sheet, setSheet] = useState(false);

  const go = (to: string | null) => to && navigate(`/assets/${to}${searchText(search)}`, { replace: true });
  const back = () => navigate(`/${searchText(search)}`);
  const toggle = () => (narrow ? setSheet((open) => !open) : prefer({ panel: !panel }));
  useKeys({
    ArrowLeft: () => go(around.previous),
    ArrowRight: () => go(around.next),
    Escape: () => (document.fullscreenElement ? document.exitFullscreen() : back()),
    i: toggle,
  });
  const asset = held.data?.asset;
  useEffect(() => visit(id), [id]);
  useEffect(() => {
    document.title = `${asset?.name ?? words.library.title} · ${words.product}`;
  }, [asset?.name]);

  const put = useCallback(
    (name: string, value: string | null) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          if (value === null) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );

  if (held.isError && !asset) {
    const gone = held.error instanceof Problem && held.error.status === 404;
    return <main className={styles.message}>{gone ? words.notFound : held.error.message}</main>;
  }
  if (!asset || !held.data) return <AssetWaiting panel={panel && !narrow} />;
  const number = Number(params.get("v"));
  const version = asset.versions.find((each) => each.number === number)?.id ?? asset.version;
  const shownPanel = <Panel key={asset.id} held={held.data} />;
  return (
    <>
      <Header
        asset={asset}
        around={around}
        backTo={`/${searchText(search)}`}
        panelOpen={narrow ? sheet : panel}
        onPanel={toggle}
      />
      <main className={styles.asset}>
        <section className={styles.view}>
          <Media
            key={`${asset.id}${version}`}
            asset={asset}
            version={version}
            page={Number(params.get("page")) || 1}
            frame={Number(params.get("frame")) || 0}
            textShown={params.get("text") === "1"}
            onPut={put}
            around={around}
            onGo={go}
          />
          {asset.versions.length > 1 && (
            <Strip
              kind={asset.kind}
              versions={asset.versions}
              cut={isCut(asset, "versions")}
              chosen={version}
              onChoose={(each) => put("v", String(each))}
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
