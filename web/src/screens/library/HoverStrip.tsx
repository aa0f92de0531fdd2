/** A film under the pointer: where one points is what one sees, with its time. */
import { useState } from "react";
import { renditionUrl } from "../../api/addresses";
import type { AssetSummary } from "../../api/types";
import { stripIndex, useStrip } from "../../media/filmstrip";
import { duration } from "../../words/format";
import styles from "./Grid.module.css";
import { ratioOf } from "./proportions";

export function HoverStrip({ asset, width }: { asset: AssetSummary; width: number }) {
  const strip = useStrip(renditionUrl(asset.version, "filmstrip.jpg"), ratioOf(asset));
  const [share, setShare] = useState<number | null>(null);
  const index = strip && share !== null ? stripIndex(share, strip.frames) : 0;
  return (
    <div
      className={styles.scrub}
      aria-hidden
      onPointerMove={(event) => setShare(Math.min(1, Math.max(0, event.nativeEvent.offsetX / width)))}
    >
      {strip && share !== null && (
        <>
          <span
            className={styles.frame}
            style={{
              backgroundImage: `url("${strip.url}")`,
              backgroundSize: `${strip.frames * 100}% 100%`,
              backgroundPosition: strip.frames > 1 ? `${(index / (strip.frames - 1)) * 100}% 0` : "0 0",
            }}
          />
          <span
            className={styles.strip}
            style={{ backgroundImage: `url("${strip.url}")`, backgroundSize: "100% 26px" }}
          />
          <i style={{ left: `${share * 100}%` }} />
          <b style={{ left: `${Math.min(88, Math.max(12, share * 100))}%` }}>
            {duration(share * (asset.duration_us ?? 0))}
          </b>
        </>
      )}
    </div>
  );
}
