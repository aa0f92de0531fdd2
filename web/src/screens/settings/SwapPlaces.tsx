/** Makes the second place the first; says before what happens then. */
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { PLACES, swapPlaces } from "../../api/places";
import type { Place } from "../../api/types";
import { tell } from "../../ui/notices";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { canSwap } from "./placeReport";
import styles from "./Settings.module.css";

export function SwapPlaces({ places }: { places: readonly Place[] }) {
  const cache = useQueryClient();
  const [asking, setAsking] = useState(false);
  const swap = useMutation({
    mutationFn: swapPlaces,
    onSuccess: () => {
      tell({ text: words.places.swapped });
      setAsking(false);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: PLACES }),
  });
  const [first, second] = places;
  if (!first || !second) return null;
  const nameOf = ({ name }: Place) => (name === "here" ? words.places.here : name);
  const close = () => {
    swap.reset();
    setAsking(false);
  };
  return (
    <section className={ui.section} aria-label={words.places.swapSection}>
      <h2>{words.places.swapSection}</h2>
      <p>{words.places.swapLead}</p>
      {!canSwap(places) && <p>{words.places.swapNotYet}</p>}
      <div className={styles.acts}>
        <Button disabled={!canSwap(places)} onClick={() => setAsking(true)}>
          {words.places.swap}
        </Button>
      </div>
      <Modal
        opened={asking}
        onClose={close}
        title={words.places.swapTitle}
        closeButtonProps={{ "aria-label": words.close }}
      >
        <div className={styles.modal} style={{ overflowWrap: "anywhere" }}>
          <p>{words.places.swapWill(nameOf(second))}</p>
          <p>{words.places.swapOld(nameOf(first))}</p>
          <p>{words.places.swapNothing}</p>
          <p>{words.places.swapFile}</p>
          {swap.error && (
            <p className="no" role="alert">
              {swap.error.message || words.noAnswer}
            </p>
          )}
          <div className={styles.buttons}>
            <Button onClick={close}>{words.cancel}</Button>
            <Button variant="filled" loading={swap.isPending} onClick={() => swap.mutate()}>
              {words.places.swapSure}
            </Button>
          </div>
        </div>
      </Modal>
    </section>
  );
}
