/** What can be done with an asset beside looking at it and taking it away. */
import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconDots,
  IconLock,
  IconLockOpen,
  IconReplace,
  IconTrash,
} from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useCan } from "../../api/session";
import type { AssetView } from "../../api/types";
import { words } from "../../words";
import styles from "./Asset.module.css";
import { useBlocked, useIsMine } from "./blocked";
import { MenuAct } from "./MenuAct";
import { useAssetActs } from "./useAssetActs";
import { useReplacing } from "./useReplacing";

const CheckOut = lazy(() => import("./CheckOut"));

interface Props {
  asset: AssetView;
  onTrash: () => void;
}

export function ActsMenu({ asset, onTrash }: Props) {
  const blocked = useBlocked(asset);
  const mine = useIsMine(asset);
  const { edit } = useCan();
  const acts = useAssetActs(asset);
  const replace = useReplacing(asset);
  const [asking, setAsking] = useState(false);
  const outable = blocked === null;
  return (
    <>
      {!asset.checkout && (
        <Tooltip label={blocked ?? words.checkout.act}>
          <ActionIcon
            className={styles.wide}
            aria-label={words.checkout.act}
            aria-disabled={!outable}
            data-disabled={!outable || undefined}
            onClick={() => outable && setAsking(true)}
          >
            <IconLock size={17} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      )}
      <Menu position="bottom-end" width={232}>
        <Menu.Target>
          <ActionIcon aria-label={words.asset.acts} title={words.asset.acts}>
            <IconDots size={17} stroke={1.5} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuAct icon={<IconReplace size={16} stroke={1.5} />} blocked={blocked} onClick={replace}>
            {words.versions.replace}
          </MenuAct>
          {mine ? (
            <MenuAct
              icon={<IconLockOpen size={16} stroke={1.5} />}
              blocked={null}
              onClick={() => acts.checkIn(false)}
            >
              {words.checkout.in}
            </MenuAct>
          ) : (
            <MenuAct
              icon={<IconLock size={16} stroke={1.5} />}
              blocked={blocked}
              onClick={() => setAsking(true)}
            >
              {words.checkout.act}
            </MenuAct>
          )}
          <Menu.Divider />
          {asset.trashed === null ? (
            <MenuAct
              icon={<IconTrash size={16} stroke={1.5} />}
              blocked={blocked}
              keyName="Del"
              onClick={onTrash}
            >
              {words.trash.move}
            </MenuAct>
          ) : (
            <MenuAct
              icon={<IconArrowBackUp size={16} stroke={1.5} />}
              blocked={edit ? null : words.trash.notAllowed}
              onClick={acts.restore}
            >
              {words.trash.restore}
            </MenuAct>
          )}
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        <CheckOut asset={asset} opened={asking} onClose={() => setAsking(false)} />
      </Suspense>
    </>
  );
}
