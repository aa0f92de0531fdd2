/** What is known of an asset, in four tabs. */
import { Tabs } from "@mantine/core";
import { useState } from "react";
import type { Held } from "../../api/assets";
import { words } from "../../words";
import styles from "./Asset.module.css";
import { CaptionTab } from "./CaptionTab";
import { FilesTab } from "./FilesTab";
import { HistoryTab } from "./HistoryTab";
import { TagsTab } from "./TagsTab";

const TABS = ["caption", "files", "tags", "history"] as const;

interface Props {
  held: Held;
  onCompare: (number: number) => void;
}

export function Panel({ held, onCompare }: Props) {
  const [tab, setTab] = useState<string>("caption");
  return (
    <Tabs
      className={styles.tabs}
      value={tab}
      onChange={(value) => setTab(value ?? "caption")}
      keepMounted={false}
      color="dark"
    >
      <Tabs.List>
        {TABS.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {words.asset.tabs[each]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="caption">
        <CaptionTab held={held} />
      </Tabs.Panel>
      <Tabs.Panel value="files">
        <FilesTab asset={held.asset} onCompare={onCompare} />
      </Tabs.Panel>
      <Tabs.Panel value="tags">
        <TagsTab id={held.asset.id} />
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <HistoryTab asset={held.asset} />
      </Tabs.Panel>
    </Tabs>
  );
}
