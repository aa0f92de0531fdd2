/** All keys on one sheet. */
import { Modal } from "@mantine/core";
import { words } from "../words";
import styles from "./Frame.module.css";

export default function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.shortcuts.title}
      size={640}
      closeButtonProps={{ "aria-label": words.close }}
    >
      <div className={styles.sheet}>
        {words.shortcuts.groups.map((group) => (
          <section key={group.name}>
            <h2>{group.name}</h2>
            <dl>
              {group.keys.map(([key, act]) => (
                <div key={key} style={{ display: "contents" }}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{act}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
