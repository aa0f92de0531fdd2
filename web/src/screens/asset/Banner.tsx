/** What has to be known before anything is done with an asset: it lies in the trash, someone works on it, or the
 *  version one looks at is not the current one. Each with its one act. */
import { Button, Modal, Tooltip } from "@mantine/core";
import { IconHistory, IconLock, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useCan } from "../../api/session";
import type { AssetView } from "../../api/types";
import { words } from "../../words";
import { date, moment } from "../../words/format";
import styles from "./Asset.module.css";
import { useBlocked, useIsMine, whoHas } from "./blocked";
import { useAssetActs } from "./useAssetActs";

interface Props {
  asset: AssetView;
  /** Id of the version that is looked at. */
  version: string;
  onCompare: (number: number) => void;
  /** Back to the current version. */
  onCurrent: () => void;
}

export function Banner(props: Props) {
  const { asset, version } = props;
  return (
    <>
      {asset.trashed !== null && <Trashed asset={asset} trashed={asset.trashed} />}
      {asset.checkout && <CheckedOut asset={asset} checkout={asset.checkout} />}
      {version !== asset.version && <Earlier {...props} />}
    </>
  );
}

function Trashed({ asset, trashed }: { asset: AssetView; trashed: string }) {
  const { edit } = useCan();
  const { restore } = useAssetActs(asset);
  const since = moment(trashed);
  return (
    <div className={styles.banner} role="status">
      <IconTrash size={16} stroke={1.5} aria-hidden />
      <span className="grow">
        {asset.purge_at === null
          ? words.trash.since(since)
          : words.trash.sinceAndUntil(since, date(asset.purge_at))}
      </span>
      <Tooltip label={words.trash.notAllowed} disabled={edit}>
        <Button data-disabled={!edit || undefined} aria-disabled={!edit} onClick={() => edit && restore()}>
          {words.trash.restore}
        </Button>
      </Tooltip>
    </div>
  );
}

interface CheckedOutProps {
  asset: AssetView;
  checkout: NonNullable<AssetView["checkout"]>;
}

function CheckedOut({ asset, checkout }: CheckedOutProps) {
  const { administer } = useCan();
  const mine = useIsMine(asset);
  const acts = useAssetActs(asset);
  const [asked, setAsked] = useState(false);
  const who = whoHas(checkout);
  return (
    <div className={styles.banner} role="status">
      <IconLock size={16} stroke={1.5} aria-hidden />
      <span className="grow">
        {mine ? words.checkout.mine : words.checkout.by(who)}{" "}
        <span className="t2">{words.checkout.since(moment(checkout.at))}</span>
        {checkout.note && `: ${checkout.note}`}
      </span>
      {mine ? (
        <Button loading={acts.busy} onClick={() => acts.checkIn(false)}>
          {words.checkout.in}
        </Button>
      ) : (
        <Tooltip label={words.checkout.notAllowedTake} disabled={administer}>
          <Button
            data-disabled={!administer || undefined}
            aria-disabled={!administer}
            onClick={() => administer && setAsked(true)}
          >
            {words.checkout.take}
          </Button>
        </Tooltip>
      )}
      <Modal
        opened={asked}
        onClose={() => setAsked(false)}
        title={words.checkout.takeTitle(who)}
        closeButtonProps={{ "aria-label": words.close }}
      >
        <p>{words.checkout.takeLead(who)}</p>
        <div className="row" style={{ marginTop: 16, justifyContent: "flex-end" }}>
          <Button onClick={() => setAsked(false)}>{words.cancel}</Button>
          <Button loading={acts.busy} onClick={() => acts.checkIn(true)}>
            {words.checkout.takeSure}
          </Button>
        </div>
      </Modal>
    </div>
  );
}

function Earlier({ asset, version, onCompare, onCurrent }: Props) {
  const blocked = useBlocked(asset);
  const acts = useAssetActs(asset);
  const seen = asset.versions.find((each) => each.id === version);
  if (!seen) return null;
  return (
    <div className={styles.banner} role="status">
      <IconHistory size={16} stroke={1.5} aria-hidden />
      <span className="grow">{words.versions.earlier(seen.number)}</span>
      <Button variant="subtle" onClick={onCurrent}>
        {words.versions.back}
      </Button>
      <Button variant="subtle" onClick={() => onCompare(seen.number)}>
        {words.versions.compare}
      </Button>
      <Tooltip label={blocked} disabled={blocked === null}>
        <Button
          aria-disabled={blocked !== null}
          data-disabled={blocked !== null || undefined}
          loading={acts.busy}
          onClick={() => blocked === null && acts.promote(seen).then(onCurrent)}
        >
          {words.versions.promote}
        </Button>
      </Tooltip>
    </div>
  );
}
