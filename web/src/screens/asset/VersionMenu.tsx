/** What can be done with an earlier version. */
import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowBackUp, IconColumns2, IconDots, IconDownload } from "@tabler/icons-react";
import { originalUrl } from "../../api/addresses";
import { useCan } from "../../api/session";
import type { AssetView, VersionView } from "../../api/types";
import { save } from "../../ui/download";
import { words } from "../../words";
import { useBlocked } from "./blocked";
import { MenuAct } from "./MenuAct";
import { useAssetActs } from "./useAssetActs";

interface Props {
  asset: AssetView;
  version: VersionView;
  onCompare: (number: number) => void;
}

export function VersionMenu({ asset, version, onCompare }: Props) {
  const acts = useAssetActs(asset);
  const blocked = useBlocked(asset);
  const { download } = useCan();
  const kept = asset.trashed !== null ? words.trash.reason : download ? null : words.asset.notAllowed;
  return (
    <Menu position="top-end" width={232}>
      <Menu.Target>
        <ActionIcon
          aria-label={words.versions.acts(version.number)}
          title={words.versions.acts(version.number)}
        >
          <IconDots size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuAct
          icon={<IconArrowBackUp size={16} stroke={1.5} />}
          blocked={blocked}
          onClick={() => acts.promote(version)}
        >
          {words.versions.promote}
        </MenuAct>
        <MenuAct
          icon={<IconColumns2 size={16} stroke={1.5} />}
          blocked={null}
          onClick={() => onCompare(version.number)}
        >
          {words.versions.compare}
        </MenuAct>
        <MenuAct
          icon={<IconDownload size={16} stroke={1.5} />}
          blocked={kept}
          onClick={() => save(originalUrl(asset.id, version.id))}
        >
          {words.versions.download}
        </MenuAct>
      </Menu.Dropdown>
    </Menu>
  );
}
