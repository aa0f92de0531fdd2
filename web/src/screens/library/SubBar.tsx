/** The bar over the pictures: order, thumbnail size, view. */
import { Button, Menu, SegmentedControl, Slider } from "@mantine/core";
import { IconFilter, IconLayoutDashboard, IconSortDescending, IconTable } from "@tabler/icons-react";
import { prefer, ROW_PX, usePreferences } from "../../app/preferences";
import { isTrash } from "../../query/trash";
import { words } from "../../words";
import { EmptyTrash } from "./EmptyTrash";
import styles from "./Library.module.css";
import { type Change, sortsOf, type View } from "./search";

interface Props {
  query: string;
  /** The order that the result has, chosen or not. */
  order: string;
  view: View;
  /** What holds of all that is shown. */
  note: string | null;
  onChange: (next: Change) => void;
  /** Opens the filters where there is no room beside the pictures. */
  onFilters: (() => void) | null;
}

export function SubBar({ query, order, view, note, onChange, onFilters }: Props) {
  const { rowPx } = usePreferences();
  return (
    <div className={styles.sub}>
      {onFilters && (
        <Button variant="subtle" leftSection={<IconFilter size={15} stroke={1.5} />} onClick={onFilters}>
          {words.facets.show}
        </Button>
      )}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="subtle"
            ml={onFilters ? 0 : -10}
            leftSection={<IconSortDescending size={16} stroke={1.5} />}
          >
            <span className="vh">{words.library.order}: </span>
            {words.library.sorts[order] ?? words.library.sortedBy(order)}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {["", ...sortsOf(query)].map((sort) => (
            <Menu.Item
              key={sort}
              onClick={() => onChange({ sort })}
              aria-current={sort === order || undefined}
            >
              {words.library.sorts[sort]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <span className="grow cut s12 t2">
        <span className={styles.note}>{note}</span>
      </span>
      {isTrash(query) && <EmptyTrash />}
      {view === "grid" && (
        <span className={styles.size}>
          <Slider
            w={96}
            min={ROW_PX.min}
            max={ROW_PX.max}
            step={4}
            color="gray"
            value={rowPx}
            onChange={(value) => prefer({ rowPx: value })}
            thumbLabel={words.library.size}
          />
        </span>
      )}
      <SegmentedControl
        aria-label={words.library.view}
        value={view}
        onChange={(value) => onChange({ view: value === "table" ? "table" : "grid" })}
        data={[
          {
            value: "grid",
            label: (
              <span className={styles.segment}>
                <IconLayoutDashboard size={14} stroke={1.5} />
                {words.library.grid}
              </span>
            ),
          },
          {
            value: "table",
            label: (
              <span className={styles.segment}>
                <IconTable size={14} stroke={1.5} />
                {words.library.table}
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}
