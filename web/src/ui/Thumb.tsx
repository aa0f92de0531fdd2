/** A small picture, and the sign of the kind where there is none or it does not come. */
import { useState } from "react";
import { KindIcon } from "./KindIcon";

interface Props {
  /** `null` where there is no picture. */
  url: string | null;
  kind: string;
  size?: number;
}

export function Thumb({ url, kind, size }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  if (url === null || broken === url) return <KindIcon kind={kind} size={size} />;
  return <img src={url} alt="" loading="lazy" onError={() => setBroken(url)} />;
}
