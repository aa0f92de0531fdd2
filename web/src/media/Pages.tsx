/** A document, page by page. */
import { ActionIcon, Button } from "@mantine/core";
import { IconAlignLeft, IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { useKeys } from "../ui/keys";
import { words } from "../words";
import styles from "./media.module.css";

interface Props {
  name: string;
  page: number;
  pages: number;
  url: string | null;
  /** The page's text, empty when it has none; `null` while it is not asked for, or not there yet. */
  text: string | null;
  /** Why the text could not be read. */
  textProblem: string | null;
  textShown: boolean;
  onPage: (page: number) => void;
  /** `null` when the document has no text. */
  onText: (() => void) | null;
}

export function Pages({ name, page, pages, url, text, textProblem, textShown, onPage, onText }: Props) {
  const go = (to: number) => onPage(Math.min(pages, Math.max(1, to)));
  useKeys({
    PageDown: () => go(page + 1),
    PageUp: () => go(page - 1),
    Home: () => go(1),
    End: () => go(pages),
  });
  return (
    <div className={styles.document}>
      <div className={styles.sheets}>
        {url && <Sheet key={url} url={url} alt={`${name}, ${words.asset.page(page, pages)}`} />}
        {textShown && (
          <section className={styles.text} aria-label={words.asset.pageText}>
            {textProblem !== null && <p role="alert">{textProblem}</p>}
            {text === "" ? <span className="t3">{words.asset.noText}</span> : text}
          </section>
        )}
      </div>
      <div className={`${styles.float} pop`}>
        <ActionIcon
          aria-label={words.asset.previousPage}
          title={`${words.asset.previousPage} (Page up)`}
          disabled={page <= 1}
          onClick={() => go(page - 1)}
        >
          <IconChevronLeft size={16} stroke={1.5} />
        </ActionIcon>
        <span className={styles.pageNumber} role="status">
          {words.asset.page(page, pages)}
        </span>
        <ActionIcon
          aria-label={words.asset.nextPage}
          title={`${words.asset.nextPage} (Page down)`}
          disabled={page >= pages}
          onClick={() => go(page + 1)}
        >
          <IconChevronRight size={16} stroke={1.5} />
        </ActionIcon>
        {onText && (
          <Button
            variant="subtle"
            aria-pressed={textShown}
            leftSection={<IconAlignLeft size={15} stroke={1.5} />}
            onClick={onText}
          >
            {words.asset.text}
          </Button>
        )}
      </div>
    </div>
  );
}

function Sheet({ url, alt }: { url: string; alt: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <p className="t2">{words.asset.blanks("coming", "document")}</p>;
  return <img src={url} alt={alt} onError={() => setBroken(true)} />;
}
