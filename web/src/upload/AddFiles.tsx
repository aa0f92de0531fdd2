/** The button that opens the file dialog, and beside it the one for a folder. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconFolderPlus, IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { useCan } from "../api/session";
import { words } from "../words";
import { addFiles } from "./add";
import { fromList } from "./dropped";

export function AddFiles({ label = words.upload.add }: { label?: string }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const { upload: allowed } = useCan();
  const take = (input: HTMLInputElement) => {
    if (input.files) addFiles(fromList(input.files));
    input.value = "";
  };
  return (
    <Tooltip label={words.upload.notAllowed} disabled={allowed}>
      <span className="row" style={{ gap: 4 }}>
        <ActionIcon
          aria-label={words.upload.addFolder}
          title={words.upload.addFolder}
          disabled={!allowed}
          onClick={() => folder.current?.click()}
        >
          <IconFolderPlus size={16} stroke={1.5} />
        </ActionIcon>
        <Button
          variant="filled"
          disabled={!allowed}
          leftSection={<IconUpload size={16} stroke={1.6} />}
          onClick={() => files.current?.click()}
        >
          {label}
        </Button>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label={label}
          onChange={(event) => take(event.currentTarget)}
        />
        <input
          ref={(input) => {
            folder.current = input;
            // React has no property of this name; all browsers know the attribute.
            input?.setAttribute("webkitdirectory", "");
          }}
          type="file"
          multiple
          hidden
          aria-label={words.upload.addFolder}
          onChange={(event) => take(event.currentTarget)}
        />
      </span>
    </Tooltip>
  );
}
